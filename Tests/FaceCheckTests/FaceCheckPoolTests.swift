import ExamModel
import Glibc
import Synchronization
import Testing

@testable import FaceCheck

/// The threads of the pool, with checks controlled by a test.
@Suite(.timeLimit(.minutes(1))) struct FaceCheckPoolTests {
  private struct StubChecker: PictureChecking {
    let body: @Sendable (AnalysisPicture) throws -> Void

    func check(
      _ picture: AnalysisPicture, tracker: inout FaceTracker, now: SuspendingClock.Instant, isBehind: Bool
    ) throws -> FaceObservation {
      try body(picture)
      return FaceObservation(
        faces: [], tier: .wholePicture, luminance: 0, contrast: 0, edges: 40, capturedAt: picture.capturedAt)
    }
  }

  private struct Failure: Error {}

  private func makePool(
    workers: Int = 1, checksPerSecond: Double = 30,
    check: @escaping @Sendable (AnalysisPicture) throws -> Void = { _ in }
  ) throws -> FaceCheckPool {
    var configuration = FaceCheckConfiguration()
    configuration.workers = workers
    configuration.checksPerSecond = checksPerSecond
    return try FaceCheckPool(configuration: configuration) { StubChecker(body: check) }
  }

  /// A lane, and the capture times of its observations as they arrive.
  private func addLane(_ pool: FaceCheckPool) -> (
    lane: FaceCheckLane, stamps: AsyncStream<Int64>.AsyncIterator
  ) {
    let (stream, continuation) = AsyncStream.makeStream(of: Int64.self)
    let lane = pool.addLane(
      name: "a student", onObservation: { continuation.yield($0.capturedAt) },
      onFailure: { Issue.record("\($0)") })
    return (lane, stream.makeAsyncIterator())
  }

  @Test func newestPictureWins() async throws {
    let gate = Gate()
    let pool = try makePool { picture in
      if picture.capturedAt == 1 { gate.pass() }
    }
    var (lane, stamps) = addLane(pool)
    lane.offer(.stamp(1))
    gate.waitForArrival()
    for stamp in 2...5 { lane.offer(.stamp(Int64(stamp))) }
    gate.open()
    #expect(await stamps.next() == 1)
    #expect(await stamps.next() == 5)
    #expect(pool.statistics.wholePicture.checks == 2)
  }

  @Test func pictureIsNotCheckedBeforeItIsDue() async throws {
    let pool = try makePool(checksPerSecond: 10)
    let begin = SuspendingClock.now
    // Due for the first time from here on, and then on that beat.
    var (lane, stamps) = addLane(pool)
    for stamp in 1...4 {
      lane.offer(.stamp(Int64(stamp)))
      #expect(await stamps.next() == Int64(stamp))
    }
    #expect(begin.duration(to: .now) >= .milliseconds(300))
  }

  @Test func everyLaneIsCheckedEquallyOftenAndByOneWorkerAtATime() async throws {
    let inside = Locked<[Int64: Int]>([:])
    let gate = Gate()
    let pool = try makePool(workers: 3) { picture in
      gate.pass()
      let others = inside.withLock { lanes in
        lanes[picture.capturedAt, default: 0] += 1
        return lanes[picture.capturedAt]! - 1
      }
      #expect(others == 0, "two workers check one lane")
      usleep(2000)
      inside.withLock { $0[picture.capturedAt]! -= 1 }
    }
    let counts = Locked([Int](repeating: 0, count: 60))
    // The counts at the moment when the first lane has had its ten checks.
    let (finished, finish) = AsyncStream.makeStream(of: [Int].self)
    let lanes = Locked<[FaceCheckLane]>([])
    for index in 0..<60 {
      let lane = pool.addLane(
        name: "student \(index)",
        onObservation: { _ in
          counts.withLock { counts in
            counts[index] += 1
            if counts[index] == 10 { finish.yield(counts) }
          }
          lanes.withLock { $0[index] }.offer(.stamp(Int64(index)))
        }, onFailure: { Issue.record("\($0)") })
      lanes.withLock { $0.append(lane) }
    }
    for (index, lane) in lanes.current.enumerated() { lane.offer(.stamp(Int64(index))) }
    gate.open()
    var iterator = finished.makeAsyncIterator()
    let standing = try #require(await iterator.next())
    pool.shutdown()
    lanes.withLock { $0 = [] }
    // Three checks are in progress at a time, so a lane may be one ahead of those whose turn is now.
    #expect(standing.min()! >= 8, "\(standing)")
    #expect(standing.max()! <= 10, "\(standing)")
  }

  @Test func idleWorkerTakesOverWhileAnotherIsBusy() async throws {
    let gate = Gate()
    let pool = try makePool(workers: 2) { picture in
      if picture.capturedAt == 1 { gate.pass() }
    }
    let (slow, _) = addLane(pool)
    var (quick, stamps) = addLane(pool)
    slow.offer(.stamp(1))
    gate.waitForArrival()
    for stamp in 2...6 {
      quick.offer(.stamp(Int64(stamp)))
      #expect(await stamps.next() == Int64(stamp))
    }
    gate.open()
  }

  @Test func failureNamesTheStudentAndTheNextPictureIsChecked() async throws {
    let pool = try makePool { picture in
      if picture.capturedAt == 1 { throw Failure() }
    }
    let (stream, continuation) = AsyncStream.makeStream(of: String.self)
    let lane = pool.addLane(
      name: "Ada", onObservation: { continuation.yield("checked \($0.capturedAt)") },
      onFailure: { continuation.yield($0) })
    var events = stream.makeAsyncIterator()
    lane.offer(.stamp(1))
    #expect(await events.next() == "checking a picture of Ada failed: Failure()")
    lane.offer(.stamp(2))
    #expect(await events.next() == "checked 2")
    #expect(pool.statistics.failures == 1)
  }

  @Test func closedLaneIsNotHeardOfAgain() async throws {
    let gate = Gate()
    let pool = try makePool { picture in
      if picture.capturedAt == 1 { gate.pass() }
    }
    let lane = pool.addLane(
      name: "gone", onObservation: { Issue.record("observation \($0.capturedAt) after close") },
      onFailure: { Issue.record("\($0)") })
    var (other, stamps) = addLane(pool)
    lane.offer(.stamp(1))
    gate.waitForArrival()
    lane.offer(.stamp(2))
    lane.close()
    lane.offer(.stamp(3))
    gate.open()
    other.offer(.stamp(4))
    #expect(await stamps.next() == 4)
    #expect(pool.statistics.wholePicture.checks == 2)
  }

  @Test func closeWaitsForTheCallbackThatRuns() throws {
    let pool = try makePool()
    let gate = Gate()
    let (isClosing, isOver) = (Locked(false), Locked(false))
    let lane = pool.addLane(
      name: "closing",
      onObservation: { _ in
        gate.pass()
        while !isClosing.current { sched_yield() }
        // Long enough to notice a close that does not wait.
        usleep(20_000)
        isOver.withLock { $0 = true }
      }, onFailure: { Issue.record("\($0)") })
    lane.offer(.stamp(1))
    gate.waitForArrival()
    gate.open()
    isClosing.withLock { $0 = true }
    lane.close()
    #expect(isOver.current)
  }

  @Test func laneAndPoolCanBeEndedFromACallback() async throws {
    let pool = try makePool()
    let (stream, continuation) = AsyncStream.makeStream(of: Int64.self)
    let lane = Locked<FaceCheckLane?>(nil)
    lane.withLock {
      $0 = pool.addLane(
        name: "hasty",
        onObservation: { [pool] observation in
          lane.current?.close()
          pool.shutdown()
          continuation.yield(observation.capturedAt)
        }, onFailure: { Issue.record("\($0)") })
    }
    lane.current?.offer(.stamp(1))
    var iterator = stream.makeAsyncIterator()
    #expect(await iterator.next() == 1)
    lane.withLock { $0 = nil }
  }

  @Test func shutdownWaitsForTheCallbackThatRuns() throws {
    let gate = Gate()
    let pool = try makePool { _ in gate.pass() }
    let isOver = Locked(false)
    let lane = pool.addLane(
      name: "late",
      onObservation: { _ in
        // Long enough to notice a shutdown that does not wait.
        usleep(20_000)
        #expect(!isOver.current)
      }, onFailure: { Issue.record("\($0)") })
    lane.offer(.stamp(1))
    gate.waitForArrival()
    gate.open()
    pool.shutdown()
    isOver.withLock { $0 = true }
    lane.offer(.stamp(2))
    lane.close()
    #expect(pool.statistics.wholePicture.checks == 1)
  }

  @Test func lettingGoOfALaneClosesIt() throws {
    let pool = try makePool()
    weak var kept: Locked<Int>?
    do {
      let captured = Locked(0)
      kept = captured
      let lane = pool.addLane(
        name: "released", onObservation: { _ in captured.withLock { $0 += 1 } }, onFailure: { _ in })
      #expect(kept != nil)
      _ = lane
    }
    #expect(kept == nil)
  }

  @Test func workersAreNamedAndYieldToOthers() async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: (String, Int32).self)
    let pool = try makePool { _ in
      let name = try Fixtures.bytes(of: "/proc/thread-self/comm")
      continuation.yield(
        (String(decoding: name, as: UTF8.self), getpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0)))
    }
    let (lane, _) = addLane(pool)
    lane.offer(.stamp(1))
    var iterator = stream.makeAsyncIterator()
    let (name, niceness) = try #require(await iterator.next())
    #expect(name == "face-check-1\n")
    #expect(
      niceness == min(19, getpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0) + WorkerThread.niceness))
  }

  @Test func realPicturesGoThroughBothDetectors() async throws {
    var configuration = FaceCheckConfiguration()
    configuration.checksPerSecond = 30
    configuration.wholePictureEvery = .seconds(60)
    let pool = try FaceCheckPool(models: try Fixtures.models(), configuration: configuration)
    let (stream, continuation) = AsyncStream.makeStream(of: FaceObservation.self)
    let lane = pool.addLane(
      name: "a student", onObservation: { continuation.yield($0) }, onFailure: { Issue.record("\($0)") })
    var observations = stream.makeAsyncIterator()
    var seen: [String] = []
    for (name, asksForAll) in [
      ("present", false), ("present", false), ("present", true), ("present", false), ("empty", false),
      ("two", false),
    ] {
      if asksForAll { lane.searchWholePictureNext() }
      lane.offer(try Fixtures.picture(name))
      let observation = try #require(await observations.next())
      seen.append("\(observation.tier) \(observation.faces.count)")
    }
    #expect(
      seen == [
        "wholePicture 1", "trackedFace 1", "wholePicture 1", "trackedFace 1", "wholePicture 0",
        "wholePicture 2",
      ])
    let statistics = pool.statistics
    #expect(statistics.wholePicture.checks == 4 && statistics.trackedFace.checks == 2)
    #expect(statistics.wholePicture.cpuTime > statistics.trackedFace.cpuTime)
  }
}

/// Blocks a worker thread where a test wants it.
private final class Gate: Sendable {
  private struct State {
    var hasArrived = false
    var isOpen = false
  }

  private let guarded = ConditionMutex(State(), conditions: 1)

  /// Blocks until the gate is open.
  func pass() {
    guarded.withLock { $0.hasArrived = true }
    guarded.broadcast(0)
    guarded.wait(for: 0) { $0.isOpen ? .done(()) : .wait(until: nil) }
  }

  func waitForArrival() {
    guarded.wait(for: 0) { $0.hasArrived ? .done(()) : .wait(until: nil) }
  }

  func open() {
    guarded.withLock { $0.isOpen = true }
    guarded.broadcast(0)
  }
}

/// A value behind a lock. `#expect` cannot look into a `Mutex`, which is not copyable.
private final class Locked<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) {
    mutex = Mutex(value)
  }

  var current: Value { withLock { $0 } }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    mutex.withLock { body(&$0) }
  }
}
