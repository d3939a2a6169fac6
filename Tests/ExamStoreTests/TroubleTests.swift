import Dispatch
import ExamModel
import Foundation
import GRDB
import Testing

@testable import ExamStore

/// What cannot be written waits, is reported, can be read meanwhile, and is written when that works again.
@Suite(.serialized) struct TroubleTests {
  /// Fills a store until its disk is full, continues for a while, frees space, and checks that everything is there.
  private func goThroughAFullDisk(
    _ folder: TestFolder, fill: () throws -> Void, makeRoom: () throws -> Void
  ) throws {
    let store = try folder.store()
    store.create(.test())
    store.append(.numbered(0))
    store.keep(Array("before".utf8), of: "a0")
    #expect(store.trouble == nil)
    try fill()
    var count = 1
    while store.trouble == nil, count < 5000 {
      store.append(.numbered(count, text: String(repeating: "x", count: 500)))
      count += 1
    }
    let firstLost = count - 1
    let trouble = try #require(store.trouble)
    #expect(trouble.contains(folder.data.database))
    #expect(trouble.contains("The exam goes on; 1 entry waits in memory and is lost if"))
    #expect(trouble.contains("Free some space"))

    for number in count..<(count + 500) { store.append(.numbered(number)) }
    count += 500
    store.create(.test(.two))
    store.add(.test(1, in: .two))
    store.end(.one, at: .test(99))
    let picture = Array(repeating: UInt8(7), count: 300_000)
    store.keep(picture, of: "a1")
    waitUntil { store.trouble?.contains(folder.data.pictures) == true }

    // Readers in this process see everything; the files are incomplete, and end where the trouble began.
    #expect(try store.numbers() == Array(0..<count))
    #expect(try store.participants(of: .two).count == 1)
    #expect(try store.sessions(isLive: nil).map(\.endedAt) == [.test(99), nil])
    #expect(try store.picture("a1") == picture)
    #expect(try SQLiteStore(reading: folder.data).numbers() == Array(0..<firstLost))
    let error = #expect(throws: StoreError.self) { try store.erase(.one, reason: .request) }
    #expect(error?.description.contains("session 000001 is not erased") == true)

    try makeRoom()
    waitUntil { store.trouble == nil }
    #expect(folder.reports.contains { $0.contains("is written again") })
    store.append(.numbered(count))
    count += 1
    let reader = try SQLiteStore(reading: folder.data)
    #expect(try reader.numbers() == Array(0..<count))
    #expect(try reader.participants(of: .two) == [.test(1, in: .two)])
    #expect(try reader.session(.one)?.endedAt == .test(99))
    #expect(try reader.picture("a1") == picture)
    #expect(try reader.picture("a0") == Array("before".utf8))
    #expect(try store.erase(.one, reason: .request)?.events == count)
  }

  /// A file system of two megabytes, where this user may mount one.
  @Test(.enabled(if: geteuid() == 0)) func aFullDiskEndsNoExam() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "exam-store-disk-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=2m") == 0 else {
      try Test.cancel("no file system can be mounted here")
    }
    defer {
      umount2(path, Int32(MNT_DETACH))
      rmdir(path)
    }
    let ballast = path + "/ballast"
    try goThroughAFullDisk(TestFolder(path + "/data")) {
      let descriptor = open(ballast, O_WRONLY | O_CREAT, 0o600)
      let zeros = [UInt8](repeating: 0, count: 4096)
      while write(descriptor, zeros, zeros.count) > 0 {}
      close(descriptor)
    } makeRoom: {
      unlink(ballast)
    }
  }

  /// The same in a process that may not write any file beyond a size.
  @Test func aLimitOfTheSystemEndsNoExam() throws {
    let folder = try TestFolder()
    let child = try Child("childWithALimit", in: folder.data.path)
    #expect(child.wait() == 0)
    #expect(try folder.store().receipts().map(\.session) == [.one], "the child did it all")
  }

  @Test(.enabled(if: Child.folder != nil)) func childWithALimit() throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    func allow(_ bytes: rlim_t) {
      limit.rlim_cur = bytes
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
    try goThroughAFullDisk(TestFolder(Child.folder, isTemporary: false)) {
      allow(250_000)
    } makeRoom: {
      allow(limit.rlim_max)
    }
  }

  private func moveDatabase(of folder: TestFolder, away: Bool) throws {
    let (here, there) = (folder.data.database, folder.data.path + "/elsewhere")
    try FileManager.default.moveItem(atPath: away ? here : there, toPath: away ? there : here)
  }

  @Test func aDatabaseThatIsTakenAwayIsNoticed() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.append(.numbered(0))
    try moveDatabase(of: folder, away: true)
    store.append(.numbered(1))
    #expect(store.trouble?.contains("removed or replaced") == true)
    try moveDatabase(of: folder, away: false)
    store.append(.numbered(2))
    waitUntil { store.trouble == nil }
    #expect(try SQLiteStore(reading: folder.data).numbers() == [0, 1, 2])
  }

  @Test func aDatabaseThatIsReplacedIsNoticed() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try FileManager.default.copyItem(atPath: folder.data.database, toPath: folder.data.path + "/copy")
    #expect(rename(folder.data.path + "/copy", folder.data.database) == 0)
    store.append(.numbered(0))
    #expect(store.trouble?.contains("removed or replaced") == true)
  }

  @Test func whatFindsNoRoomInMemoryIsCounted() throws {
    let folder = try TestFolder()
    let store = try folder.store(limits: .small)
    store.create(.test())
    try moveDatabase(of: folder, away: true)
    try folder.write([], to: folder.data.pictures)
    for number in 0..<25 { store.append(.numbered(number)) }
    for number in 0..<3 {
      store.keep([UInt8](repeating: 1, count: 40), of: "a\(number)")
      waitUntil {
        store.reader.evidence.trouble?.contains(number < 1 ? "1 picture waits" : "2 pictures wait") == true
      }
    }
    waitUntil { store.trouble?.contains("1 more found no room") == true }
    let trouble = try #require(store.trouble)
    #expect(trouble.contains("10 entries wait"))
    #expect(trouble.contains("15 more found no room"))
    #expect(trouble.contains("2 pictures wait in memory"))
    #expect(trouble.contains("1 more found no room"))

    try moveDatabase(of: folder, away: false)
    unlink(folder.data.pictures)
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == Array(0..<10))
    #expect(try store.picture("a1") != nil && store.picture("a2") == nil)
    #expect(folder.reports.contains { $0.contains("15 entries found no room") })
    #expect(folder.reports.contains { $0.contains("1 found no room") })
  }

  @Test func aDiskThatTakesNothingIsLeftAloneForASecond() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try moveDatabase(of: folder, away: true)
    store.append(.numbered(0))
    try moveDatabase(of: folder, away: false)
    store.append(.numbered(1))
    store.noteAlive(at: .test(1))
    #expect(store.trouble != nil)
    #expect(try SQLiteStore(reading: folder.data).numbers() == [])
    waitUntil { store.trouble == nil }
    #expect(try SQLiteStore(reading: folder.data).numbers() == [0, 1])
  }

  @Test func aLongLineIsWrittenInParts() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try moveDatabase(of: folder, away: true)
    for number in 0..<5_000 { store.append(.numbered(number)) }
    try moveDatabase(of: folder, away: false)
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == Array(0..<5_000))
  }

  @Test func anotherProgramThatHoldsTheDatabaseIsToldOf() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    let other = try DatabaseQueue(path: folder.data.database)
    try other.write { _ in
      store.append(.numbered(0))
      #expect(store.trouble?.contains("End the program that holds it") == true)
    }
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == [0])
  }

  /// An entry that is not kept by its deadline stays queued, and that is reported; then nobody waits for a while.
  @Test func nobodyWaitsForLongForADatabaseThatIsHeld() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    let other = try DatabaseQueue(path: folder.data.database)
    var spent = Duration.zero
    try other.write { _ in
      // Before SQLite itself gives up, and after.
      for number in 0..<50 {
        let start = ContinuousClock.now
        store.append(.numbered(number), within: .milliseconds(50))
        spent += .now - start
        #expect(store.trouble != nil)
        if number.isMultiple(of: 10) { usleep(150_000) }
      }
    }
    #expect(spent < .milliseconds(400), "SQLite alone waits for half a second, with each")
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == Array(0..<50))
  }

  /// An event that is kept slightly late is nobody's problem.
  @Test func whoIsInTimeIsNotToldOf() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    let other = try DatabaseQueue(path: folder.data.database)
    let isOver = DispatchSemaphore(value: 0)
    try other.write { _ in
      store.reader.writer!.append([.event(.numbered(0))], by: .now + .seconds(60)) { isOver.signal() }
      #expect(isOver.wait(timeout: .now() + 0.2) == .timedOut, "it cannot be kept yet")
      #expect(store.trouble == nil)
    }
    isOver.wait()
    #expect(store.trouble == nil)
    #expect(try SQLiteStore(reading: folder.data).numbers() == [0])
  }

  @Test func theWaitingLineKeepsItsOrder() {
    var line = WaitingLine<Int>()
    var expected: [Int] = []
    var next = 0
    for step in 0..<1000 {
      for _ in 0..<(step % 7) {
        line.append(next)
        expected.append(next)
        next += 1
      }
      let count = min(step % 5, expected.count)
      #expect(Array(line.prefix(count)) == Array(expected.prefix(count)))
      line.removeFirst(count)
      expected.removeFirst(count)
      #expect(line.count == expected.count && line.isEmpty == expected.isEmpty)
      #expect(Array(line) == expected)
    }
    line.removeAll { $0.isMultiple(of: 2) }
    #expect(Array(line) == expected.filter { !$0.isMultiple(of: 2) })
  }
}
