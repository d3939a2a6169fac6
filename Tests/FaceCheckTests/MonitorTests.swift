import Testing

@testable import FaceCheck

@Suite(.timeLimit(.minutes(1))) struct MonitorTests {
  @Test func deadlineIsSleptUntilAndNotPolledFor() {
    let monitor = Monitor(0, conditions: 1)
    let deadline = SuspendingClock.now + .milliseconds(50)
    let looks = monitor.wait(for: 0) { looks -> Monitor<Int>.Step<Int> in
      looks += 1
      return SuspendingClock.now >= deadline ? .done(looks) : .wait(until: deadline)
    }
    #expect(SuspendingClock.now >= deadline)
    // Once before, once after; a condition may wake for nothing now and then.
    #expect(looks <= 5)
  }

  @Test func deadlineInThePastIsNotSleptFor() {
    let monitor = Monitor(0, conditions: 1)
    monitor.wait(for: 0) { looks -> Monitor<Int>.Step<Void> in
      looks += 1
      return looks == 3 ? .done(()) : .wait(until: .now - .seconds(1))
    }
  }
}
