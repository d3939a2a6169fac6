import Testing

@testable import FaceCheck

@Suite(.timeLimit(.minutes(1))) struct ConditionMutexTests {
  @Test func deadlineIsSleptUntilAndNotPolledFor() {
    let guarded = ConditionMutex(0, conditions: 1)
    let deadline = SuspendingClock.now + .milliseconds(50)
    let looks = guarded.wait(for: 0) { looks -> ConditionMutex<Int>.Step<Int> in
      looks += 1
      return SuspendingClock.now >= deadline ? .done(looks) : .wait(until: deadline)
    }
    #expect(SuspendingClock.now >= deadline)
    // Once before, once after; conditions have occasional spurious wake-ups.
    #expect(looks <= 5)
  }

  @Test func deadlineInThePastIsNotSleptFor() {
    let guarded = ConditionMutex(0, conditions: 1)
    guarded.wait(for: 0) { looks -> ConditionMutex<Int>.Step<Void> in
      looks += 1
      return looks == 3 ? .done(()) : .wait(until: .now - .seconds(1))
    }
  }
}
