import Dispatch
import ExamModel
import Foundation
import GRDB
import Testing

@testable import ExamStore

/// How long those wait who hand something over, and what becomes of what waits.
@Suite(.serialized) struct WaitingTests {
  /// What a thread waits in a minute that hands over an event every 30 ms, each written in `time`.
  private func wait(_ time: Duration, limits: StoreLimits = StoreLimits()) -> (most: Duration, rests: Int) {
    var patience = WriterPatience(perSecond: limits.patiencePerSecond)
    let start = ContinuousClock.now
    var now = start
    var waits: [(end: ContinuousClock.Instant, time: Duration)] = []
    var rests = 0
    while now - start < .seconds(60) {
      patience.endRest(at: now)
      if !patience.isResting {
        let waited = min(time, limits.patience)
        now += waited
        patience.waited(waited, inVain: time > limits.patience, at: now)
        waits.append((now, waited))
        rests += patience.isResting ? 1 : 0
      }
      now += .milliseconds(15)
    }
    let most = waits.map { last in
      waits.filter { $0.end <= last.end && last.end - $0.end < .seconds(1) }.reduce(.zero) { $0 + $1.time }
    }.max()
    return (most ?? .zero, rests)
  }

  @Test(arguments: [5, 15, 19, 25, 2000])
  func aSlowDiskCostsLittleOfASecond(milliseconds: Int) {
    let (most, rests) = wait(.milliseconds(milliseconds))
    #expect(most <= .milliseconds(200), "100 ms at once, and what a second makes up for")
    #expect((1...6).contains(rests), "it is not told of as slow and as well in turns")
  }

  @Test func aSoundDiskIsWaitedForAlways() {
    #expect(wait(.microseconds(300)).rests == 0)
  }

  /// Makes each event's transaction slow in earnest.
  private static let slow = """
    CREATE TRIGGER slow AFTER INSERT ON events BEGIN
      SELECT (WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 300000) SELECT count(*) FROM c);
    END
    """

  @Test func manyEventsAreNotWaitedForOneByOne() throws {
    let folder = try TestFolder()
    let store = try folder.store(limits: StoreLimits(patience: .seconds(60)))
    store.create(.test())
    try folder.tamper(Self.slow)
    let start = ContinuousClock.now
    store.append(.numbered(0))
    let one = ContinuousClock.now - start
    for number in 1..<60 { store.append(.numbered(number)) }
    let all = ContinuousClock.now - start
    #expect(one > .milliseconds(5))
    #expect(all < one * 20)
    #expect(store.trouble?.contains("is slow") == true)
    waitUntil(within: .seconds(30)) { store.trouble == nil }
    #expect(try store.numbers() == Array(0..<60))
  }

  @Test func whatIsHandedOverTogetherIsWaitedForOnce() throws {
    let folder = try TestFolder()
    let store = try folder.store(
      limits: StoreLimits(patience: .seconds(2), patiencePerSecond: .seconds(3600)))
    store.create(.test())
    store.together { for number in 0..<300 { store.append(.numbered(number)) } }
    #expect(store.trouble == nil)
    #expect(try SQLiteStore(reading: folder.data).numbers() == Array(0..<300))
    let other = try DatabaseQueue(path: folder.data.database)
    try other.write { _ in
      let start = ContinuousClock.now
      store.together {
        for number in 300..<310 { store.append(.numbered(number)) }
        #expect(.now - start < .seconds(1), "nobody waits in between")
      }
      #expect(store.trouble != nil)
    }
    waitUntil(within: .seconds(30)) { store.trouble == nil }
    #expect(try store.numbers() == Array(0..<310))
  }

  /// The server tells every two seconds that it lives. Where only that comes late, all that happened is kept.
  @Test func nobodyIsToldThatTheTimeIsWrittenLate() throws {
    let folder = try TestFolder()
    let store = try folder.store(limits: StoreLimits(patience: .milliseconds(50)))
    store.create(.test())
    waitUntil { store.trouble == nil }
    let other = try DatabaseQueue(path: folder.data.database)
    try other.write { _ in
      store.noteAlive(at: .test(1))
      #expect(store.trouble == nil)
      store.append(.numbered(0))
      #expect(store.trouble?.contains("1 entry waits in memory and is lost if the server ends now.") == true)
    }
    waitUntil { store.trouble == nil }
    #expect(try store.numbers() == [0])
  }

  /// A write that never returns: here to a picture, whose file is a pipe that nobody reads.
  @Test func aWriteThatHangsHoldsUpNobodyAndIsToldOf() throws {
    let folder = try TestFolder()
    let store = try folder.store(limits: StoreLimits(operations: 10, patience: .milliseconds(50)))
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
    store.create(.test(.two))
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
    // What was lost is over, and is not told of again.
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

  /// How long it takes to append while somebody reads the line, however long that is.
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
