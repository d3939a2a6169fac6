import MediaPipeline
import Testing

@testable import ExamServer

@Suite struct RestartPaceTests {
  private let start = ContinuousClock.now

  private func pace() -> RestartPace {
    var pace = RestartPace()
    pace.announced()
    pace.started(at: start)
    return pace
  }

  @Test func theFirstFailureCostsNoTime() {
    var pace = pace()
    pace.decoded(at: start + .seconds(3))
    pace.failed()
    #expect(pace.next(at: start + .seconds(5)) == start + .seconds(5))
  }

  @Test func headersAtFullSpeedMakeOnePipelineASecond() {
    var pace = pace()
    var now = start
    var pipelines = 0
    while now < start + .seconds(60) {
      now += .milliseconds(10)
      pace.decoded(at: now)
      pace.beganAnew()
      now = pace.next(at: now)
      pace.started(at: now)
      pipelines += 1
    }
    #expect(pipelines <= 61)
    #expect(!pace.isHopeless)
  }

  @Test func headersWithoutPicturesAreGivenUp() {
    var pace = pace()
    var now = start
    var pipelines = 1
    while !pace.isHopeless, pipelines < 100 {
      pace.beganAnew()
      now = pace.next(at: now)
      pace.started(at: now)
      pipelines += 1
    }
    #expect(pipelines <= 1 + RestartPace.tries && now - start < .seconds(60))
  }

  @Test func whoOnceSentPicturesIsTriedAgainForEver() {
    var pace = pace()
    pace.decoded(at: start)
    for _ in 0..<100 { pace.failed() }
    #expect(!pace.isHopeless)
    let wait = pace.next(at: start) - start
    #expect(wait > .seconds(30) && wait < .seconds(40))
    // Something that worked for a while fails for the first time.
    pace.started(at: start)
    pace.decoded(at: start + .seconds(11))
    pace.failed()
    #expect(pace.next(at: start + .seconds(12)) == start + .seconds(12))
  }

  @Test func whatNeverComesBackIsGivenUpThoughThereWerePictures() {
    var pace = pace()
    for _ in 0..<RestartPace.tries {
      #expect(!pace.isHopeless)
      pace.decoded(at: start)
      pace.gotStuck()
    }
    #expect(pace.isHopeless)
    // Each of them may hold a thread, whatever the page says.
    pace.announced()
    #expect(pace.isHopeless)
    pace.started(at: start)
    pace.decoded(at: start + .seconds(11))
    #expect(!pace.isHopeless)
  }

  /// A page tries one encoding after the other, and reconnects again and again on a bad network: it waits no longer
  /// than one whose container is restarted, and gets no more pipelines either.
  @Test func announcementsAreOneASecond() {
    var pace = pace()
    var now = start
    for _ in 0..<60 {
      pace.announced()
      pace.announced()
      now = pace.next(at: now)
      pace.started(at: now)
      pace.failed()
    }
    #expect(now - start == .seconds(60))
  }
}

@Suite struct DecodeWatchTests {
  private let start = ContinuousClock.now

  /// One look every 250 ms; `counts` by its number.
  private func findings(
    looks: Int, _ counts: (Int) -> (accepted: Int, pending: Int, decoded: Int)
  ) -> [DecodeWatch.Finding?] {
    var watch = DecodeWatch()
    return (0..<looks).map { look in
      let counts = counts(look)
      var statistics = PipelineStatistics()
      (statistics.accepted, statistics.pending, statistics.decoded) = counts
      return watch.look(at: statistics, now: start + .milliseconds(250) * look)
    }
  }

  @Test func picturesAreWell() {
    #expect(findings(looks: 100) { ($0 * 3, 1, $0 * 2) }.allSatisfy { $0 == nil })
  }

  @Test func silenceIsWell() {
    #expect(findings(looks: 100) { (min($0, 20) * 3, 0, min($0, 20) * 3) }.allSatisfy { $0 == nil })
  }

  @Test func bytesWithoutPicturesAreFoundBeforeTwoSeconds() {
    // Fine for five seconds, silent for five, and then nothing is decoded any more.
    let findings = findings(looks: 100) { ($0 < 20 ? $0 : max(20, $0 - 20) * 3, 0, min($0, 20)) }
    let first = findings.firstIndex(of: .nothingDecoded)
    #expect(first.map { (41...46).contains($0) } == true, "\(String(describing: first))")
  }

  @Test func aStreamThatBeginsBeforeTheFirstLookIsWatchedToo() {
    let first = findings(looks: 20) { ($0 * 3 + 5, 0, 0) }.firstIndex(of: .nothingDecoded)
    #expect(first == 5)
  }

  @Test func aMachineThatSleptHasNotWatched() {
    var watch = DecodeWatch()
    for (second, taken) in [(0.0, 1), (0.25, 2), (30, 2), (30.25, 2)] {
      var statistics = PipelineStatistics()
      (statistics.accepted, statistics.pending, statistics.decoded) = (taken + 3, 3, taken)
      #expect(watch.look(at: statistics, now: start + .seconds(second)) == nil)
    }
  }

  @Test func whatDoesNotComeBackIsFound() {
    let findings = findings(looks: 100) { ($0, max(0, $0 - 10), min($0, 10)) }
    let first = findings.firstIndex(of: .stuck)
    #expect(first.map { (29...33).contains($0) } == true, "\(String(describing: first))")
    #expect(!findings.contains(.nothingDecoded))
  }
}
