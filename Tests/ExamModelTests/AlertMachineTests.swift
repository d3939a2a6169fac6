import Testing

@testable import ExamModel

@Suite struct AlertMachineTests {
  private let start = ContinuousClock.now
  private let rule = AlertRule(window: .seconds(3), share: 0.8, severity: .high, cooldown: .seconds(30))

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  /// Feeds looks half a second apart; `pattern` has `x` for bad and `.` for good. Returns the changes by time.
  private func run(
    _ machine: inout AlertMachine, _ pattern: String, from begin: Double = 0
  ) -> [(Double, AlertMachine.Change)] {
    pattern.enumerated().flatMap { index, look in
      let time = begin + Double(index) * 0.5
      return machine.look(isBad: look == "x", at: at(time)).map { (time, $0) }
    }
  }

  private func machine(_ rule: AlertRule? = nil) -> AlertMachine {
    AlertMachine(rule: rule ?? self.rule)
  }

  @Test func confirmsOnceTheWindowIsFull() {
    var machine = machine()
    let changes = run(&machine, "..xxxxxxxxxx")
    #expect(changes.map(\.0) == [1.0, 4.0])
    #expect(changes[0].1 == .suspected(onset: at(0.75)), "it began between two looks")
    #expect(changes[1].1 == .confirmed(onset: at(0.75), confidence: 1, again: false))
  }

  @Test func whatIsToldAndNotLookedForBeganWhenItWasTold() {
    var machine = machine(AlertRule(window: .seconds(1), share: 1, severity: .medium))
    #expect(run(&machine, "..x")[0].1 == .suspected(onset: at(1)))
  }

  @Test func oneBadLookIsDismissed() {
    var machine = machine()
    let changes = run(&machine, ".x......")
    #expect(changes.map(\.1) == [.suspected(onset: at(0.25)), .dismissed])
  }

  @Test func aSingleGoodLookDoesNotSaveWhatIsBadFourTimesInFive() {
    var machine = machine()
    let changes = run(&machine, "xxx.xxxxxx")
    guard case .confirmed(let onset, let share, _) = changes.last?.1 else {
      Issue.record("not confirmed: \(changes)")
      return
    }
    #expect(onset == at(0))
    #expect(share >= 0.8 && share < 1)
  }

  @Test func halfOfTheLooksAreNotEnough() {
    var machine = machine()
    let changes = run(&machine, "x.x.x.x.x.x.x.x.x.x.x.")
    #expect(!changes.contains { if case .confirmed = $0.1 { true } else { false } })
  }

  @Test func flickersBeforeAreNotTheOnset() {
    var machine = machine()
    let changes = run(&machine, "x.x.x.x.x.x.x.x.x.x.xxxxxxxxxxxx")
    guard case .confirmed(let onset, _, _) = changes.last?.1 else {
      Issue.record("not confirmed: \(changes)")
      return
    }
    #expect(onset >= at(7.5))
  }

  @Test func aWindowThatEndsJustUnderTheShareDoesNotBeginAnew() {
    var machine = machine()
    // Two of the first seven looks are good. One of those from 1.5 s on is.
    let changes = run(&machine, "xx.x.xxxxxxx")
    let confirmed = changes.filter { if case .confirmed = $0.1 { true } else { false } }
    #expect(confirmed.map(\.0) == [4.5])
    #expect(confirmed.first?.1 == .confirmed(onset: at(1.25), confidence: 6.0 / 7, again: false))
  }

  @Test func whatIsHeldIsCountedAndConfirmedAfterwards() {
    var machine = machine()
    for look in 0..<8 {
      #expect(
        !machine.look(isBad: true, at: at(Double(look) / 2), isHeld: true).contains {
          $0 != .suspected(onset: at(0))
        })
    }
    #expect(machine.look(isBad: true, at: at(4)) == [.confirmed(onset: at(0), confidence: 1, again: false)])
  }

  @Test func clearsAfterALastingReturnAndSaysWhenItBegan() {
    var machine = machine()
    _ = run(&machine, "xxxxxxx")
    let changes = run(&machine, ".x......", from: 3.5)
    #expect(changes.count == 1)
    #expect(changes[0].0 == 6.0)
    #expect(changes[0].1 == .cleared(at: at(4.5)))
  }

  @Test func theSameWithinTheCooldownIsTheSameAlertAgain() {
    var machine = machine()
    _ = run(&machine, "xxxxxxx....")
    let soon = run(&machine, "xxxxxxx....", from: 6)
    #expect(soon.contains { $0.1 == .confirmed(onset: at(5.75), confidence: 1, again: true) })
    _ = run(&machine, String(repeating: ".", count: 80), from: 11.5)
    let later = run(&machine, "xxxxxxx", from: 52)
    #expect(later.contains { $0.1 == .confirmed(onset: at(51.75), confidence: 1, again: false) })
  }

  @Test func timeWithoutLooksIsNotHeldAgainstAnybody() {
    var machine = machine()
    _ = run(&machine, "xxx")
    let changes = machine.look(isBad: true, at: at(9))
    #expect(changes == [.dismissed, .suspected(onset: at(9))])
  }

  @Test func whatBeganBeforeTheLookCountsFromThen() {
    var machine = machine(AlertRule(window: .seconds(5), share: 1, severity: .high, clearAfter: .zero))
    _ = machine.look(isBad: false, at: at(0))
    _ = machine.look(isBad: false, at: at(1))
    #expect(machine.look(isBad: true, at: at(1.5), began: at(0.5)) == [.suspected(onset: at(0.5))])
    for time in stride(from: 2.0, to: 5.5, by: 0.5) {
      #expect(machine.look(isBad: true, at: at(time), began: at(0.5)) == [])
    }
    #expect(
      machine.look(isBad: true, at: at(5.5), began: at(0.5)) == [
        .confirmed(onset: at(0.5), confidence: 1, again: false)
      ])
  }

  @Test func whatBeganWhileNobodyLookedCountsFromTheFirstLook() {
    var machine = machine(AlertRule(window: .seconds(5), share: 1, severity: .high))
    _ = machine.look(isBad: false, at: at(0))
    #expect(machine.look(isBad: true, at: at(20), began: at(1)) == [.suspected(onset: at(20))])
  }

  @Test func withoutAWindowTheFirstLookIsEnough() {
    var machine = machine(AlertRule(window: .zero, share: 1, severity: .high))
    #expect(
      machine.look(isBad: true, at: at(0)) == [
        .suspected(onset: at(0)), .confirmed(onset: at(0), confidence: 1, again: false),
      ])
  }
}
