import GLibRuntime
import Synchronization
import Testing

@globalActor
private actor LoopActor {
  static let executor = MainContextExecutor(name: "test-loop")
  static let shared = LoopActor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }

  static func assumeIsolated<Result>(_ body: @LoopActor () throws -> Result) rethrows -> Result {
    executor.checkIsolated()
    return try withoutActuallyEscaping(body) { try unsafeBitCast($0, to: (() throws -> Result).self)() }
  }
}

@LoopActor
private final class Counter {
  var values: [Int] = []
  func add(_ value: Int) { values.append(value) }
}

@Suite struct MainContextExecutorTests {
  @Test func jobsRunOnTheContextsThread() async {
    let inside = await Task { @LoopActor in LoopActor.executor.mainContext.isOwnedByCurrentThread }.value
    #expect(inside)
    #expect(!LoopActor.executor.mainContext.isOwnedByCurrentThread)
    #expect(LoopActor.executor.isIsolatingCurrentContext() == false)
  }

  @Test func jobsOfOneTaskKeepTheirOrder() async {
    let counter = Counter()
    for value in 0..<1000 { await counter.add(value) }
    let values = await counter.values
    #expect(values == Array(0..<1000))
  }

  @Test func aJobEnqueuedByAJobRuns() async {
    let counter = Counter()
    await Task { @LoopActor in
      await Task { @LoopActor in counter.add(1) }.value
      counter.add(2)
    }.value
    let values = await counter.values
    #expect(values == [1, 2])
  }

  @Test func aTimerFiresOnTheThreadUntilCancelled() async {
    let counter = Counter()
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      Task { @LoopActor in
        let box = TimerBox()
        box.timer = MainContextTimer(every: 1, on: LoopActor.executor.mainContext) {
          LoopActor.assumeIsolated {
            counter.add(0)
            if counter.values.count == 3 {
              box.timer?.cancel()
              done.resume()
            }
          }
        }
      }
    }
    let values = await counter.values
    #expect(values.count == 3)
  }
}

@LoopActor
private final class TimerBox {
  var timer: MainContextTimer?
}
