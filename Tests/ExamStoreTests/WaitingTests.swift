import Dispatch
import ExamModel
import Foundation
import GRDB
import Synchronization
import Testing

@testable import ExamStore

/// How long callers wait when they pass something in, and what happens to what waits.
@Suite(.serialized) struct WaitingTests {
  /// How often, within ten minutes, a disk that is never in time begins to be reported as slow.
  @Test func aDiskThatStaysSlowIsNotToldOfAgainAndAgain() {
    var rest = WriterRest()
    let start = ContinuousClock.now
    var begun = 0
    for second in 0..<600 {
      let now = start + .seconds(second)
      rest.finish(at: now)
      if !rest.isOn { begun += 1 }
      rest.begin(at: now)
    }
    #expect((20...25).contains(begun), "1, 2, 4, 8, 16 seconds, and then 30 each time")
    // After it was fine for a while, the next rest is a short one.
    let later = start + .seconds(700)
    rest.finish(at: later)
    rest.begin(at: later)
    rest.finish(at: later + .seconds(1))
    #expect(!rest.isOn)
  }

  /// Makes each event's transaction really slow.
  private static let slow = """
    CREATE TRIGGER slow AFTER INSERT ON events BEGIN
      SELECT (WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 300000) SELECT count(*) FROM c);
    END
    """

  @Test func whatComesMeanwhileIsWrittenTogether() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try folder.tamper(Self.slow)
    let writer = store.reader.writer!
    let before = writer.state.withLock(\.begun)
    let isOver = DispatchSemaphore(value: 0)
    for number in 0..<60 {
      writer.append([.event(.numbered(number))], by: .now + .seconds(60)) { isOver.signal() }
    }
    for _ in 0..<60 { isOver.wait() }
    #expect(store.trouble == nil)
    #expect(writer.state.withLock(\.begun) - before < 10)
    #expect(try SQLiteStore(reading: folder.data).numbers() == Array(0..<60))
  }

  @Test func whatIsHandedOverTogetherIsKeptTogether() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.append((0..<300).map { .event(.numbered($0)) })
    #expect(store.trouble == nil)
    #expect(try SQLiteStore(reading: folder.data).numbers() == Array(0..<300))
  }

  /// Each has a deadline of its own, and later callers do not wait longer because of that.
  @Test func whoseTimeIsOverIsCalledBack() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    let other = try DatabaseQueue(path: folder.data.database)
    try other.write { _ in
      let start = ContinuousClock.now
      store.append(.numbered(0), within: .milliseconds(100))
      #expect(ContinuousClock.now - start >= .milliseconds(100))
      #expect(store.trouble?.contains("is slow, or another program holds it") == true)
      store.append(.numbered(1))
      #expect(ContinuousClock.now - start < .milliseconds(450), "before SQLite itself gives up")
    }
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == [0, 1])
  }

  /// The server records every two seconds that it is alive. If only that is late, everything that happened is kept.
  @Test func nobodyIsToldThatTheTimeIsWrittenLate() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    waitUntil { store.trouble == nil }
    let other = try DatabaseQueue(path: folder.data.database)
    try other.write { _ in
      store.noteAlive(at: .test(1))
      #expect(store.trouble == nil)
      store.append(.numbered(0), within: .milliseconds(50))
      #expect(store.trouble?.contains("1 entry waits in memory and is lost if the server ends now.") == true)
    }
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == [0])
  }

  /// A write that never returns: here of a picture, whose file is a pipe that nobody reads.
  @Test func aWriteThatHangsHoldsUpNobodyAndIsToldOf() throws {
    let folder = try TestFolder()
    let store = try folder.store(limits: StoreLimits(entries: 10))
    store.create(.test())
    store.keep([1], of: "a0")
    store.append(.numbered(-1))
    let pipe = folder.data.pictures + "/000001/a1.jpg.part"
    #expect(mkfifo(pipe, 0o600) == 0)
    let release = DispatchWorkItem { _ = open(pipe, O_RDONLY | O_NONBLOCK) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 10, execute: release)
    let start = ContinuousClock.now
    store.keep([UInt8](repeating: 1, count: 40), of: "a1")
    // It takes no lock that is held while a picture is written.
    store.append([.create(.test(.two))], within: .milliseconds(50))
    for number in 0..<24 { store.append(.numbered(number)) }
    #expect(ContinuousClock.now - start < .seconds(5))
    let trouble = try #require(store.trouble)
    #expect(trouble.contains("10 entries wait in memory"))
    #expect(trouble.contains("15 more found no room"))
    #expect(folder.reports.count { $0.contains("what else happens is lost") } == 1)
    release.perform()
    waitUntil(within: .seconds(30)) { store.trouble == nil }
    #expect(folder.reports.contains { $0.contains("15 entries found no room in memory and are lost") })
    #expect(try store.numbers() == Array(-1..<9))
    // Past losses are not reported again.
    store.append(.numbered(9))
    #expect(folder.reports.count { $0.contains("15 entries") } == 1)
  }

  /// A report may be asked for while the disk is full.
  @Test func aLongLineIsReadInAMoment() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try FileManager.default.moveItem(atPath: folder.data.database, toPath: folder.data.path + "/elsewhere")
    for number in 0..<50_000 { store.append(.numbered(number)) }
    let start = ContinuousClock.now
    #expect(try store.reader.events(of: .one, .all, after: nil).events.count == 50_000)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  /// How long appending takes while somebody reads the queue, however long that is.
  @Test func aReaderMakesNobodyCopyTheLine() {
    func time(_ count: Int) -> Duration {
      var line = WaitingLine<String>()
      for number in 0..<count { line.append("an entry that is kept elsewhere, \(number)") }
      return ContinuousClock().measure {
        for _ in 0..<1000 {
          let reader = line
          line.append("another entry that is kept elsewhere")
          #expect(reader.count < line.count)
        }
      }
    }
    let short = (0..<3).map { _ in time(1000) }.min()!
    let long = (0..<3).map { _ in time(100_000) }.min()!
    #expect(long < short * 50)
  }
}
