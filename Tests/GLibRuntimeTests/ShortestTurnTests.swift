import CGStreamer
import GLibRuntime
import Synchronization
import Testing

@globalActor
private actor SlowActor {
  static let turn: Duration = .milliseconds(300)
  static let executor = MainContextExecutor(name: "test-slow", shortestTurn: turn)
  static let shared = SlowActor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }
}

@SlowActor
private final class Log {
  var times: [ContinuousClock.Instant] = []
  func note() { times.append(.now) }

  /// Notes the time again in a job of its own.
  func noteTwice() {
    note()
    Task { @SlowActor in self.note() }
  }
}

@Suite(.serialized) struct ShortestTurnTests {
  @Test func whatComesRightAfterAWakeUpWaitsForTheNextOneAndIsDoneThen() async throws {
    let log = Log()
    await log.note()
    // So that the next one certainly finds the loop asleep, and not still busy with what followed from the first.
    try await Task.sleep(for: SlowActor.turn / 10)
    await log.note()
    let times = await log.times
    #expect(times.count == 2)
    #expect(times[0].duration(to: times[1]) >= SlowActor.turn * 0.9)
  }

  @Test func whatFollowsFromAJobIsDoneInTheSameTurn() async {
    let log = Log()
    await log.noteTwice()
    let times = await log.times
    #expect(times.count == 2)
    #expect(times[0].duration(to: times[1]) < SlowActor.turn / 2)
  }
}
