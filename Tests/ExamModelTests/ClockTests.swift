import ExamModel
import Foundation
import Testing

/// The machine and its clocks, hour by hour.
private struct Machine {
  static let day = 24.0
  var truth = 0.0
  var error = 0.0
  var clock: RetentionClock
  var steps: [Double] = []

  init() { clock = RetentionClock(believing: Self.time(0)) }

  static func time(_ hours: Double) -> Timestamp { Timestamp(microseconds: Int64((1e6 + hours) * 3_600e6)) }

  /// The current time for retention, in hours.
  var believed: Double { Double(clock.now.microseconds - Self.time(0).microseconds) / 3_600e6 }

  mutating func run(hours: Double) {
    let end = truth + hours
    while truth < end {
      let passed = min(0.25, end - truth)
      truth += passed
      look(passed: passed)
    }
  }

  mutating func off(hours: Double) {
    truth += hours
    look(passed: 0)
  }

  private mutating func look(passed: Double) {
    if let step = clock.advance(by: .seconds(passed * 3600), system: Self.time(truth + error)) {
      steps.append(step.inSeconds / 3600)
    }
  }
}

@Suite struct RetentionClockTests {
  @Test func aClockThatIsRightIsBelieved() {
    var machine = Machine()
    machine.run(hours: 100)
    #expect(abs(machine.believed - 100) < 0.01 && machine.steps.isEmpty && machine.clock.timeOfDoubt == nil)
  }

  @Test func whatWentForwardIsBelievedADayLater() {
    var machine = Machine()
    machine.run(hours: 10)
    machine.error = 400 * Machine.day
    machine.run(hours: 23.5)
    #expect(abs(machine.believed - 33.5) < 0.01)
    #expect(machine.steps == [9600])
    #expect(abs(machine.clock.timeOfDoubt!.inSeconds - 0.75 * 3600) < 1)
    machine.run(hours: 1)
    #expect(abs(machine.believed - 9634.5) < 0.01 && machine.clock.timeOfDoubt == nil)
    #expect(machine.steps.count == 1)
  }

  @Test func whatWasSetBackInTimeWasNeverBelieved() {
    var machine = Machine()
    for _ in 0..<10 {
      machine.error = 400 * Machine.day
      machine.run(hours: 23)
      machine.error = 0
      machine.run(hours: 1)
    }
    #expect(abs(machine.believed - 240) < 0.01 && machine.steps.count == 10)
  }

  @Test func whatWentBackIsBelievedAtOnce() {
    var machine = Machine()
    machine.run(hours: 10)
    machine.error = -5
    machine.run(hours: 1)
    #expect(abs(machine.believed - 6) < 0.01 && machine.steps.isEmpty)
    // Corrected: treated like any other step forward.
    machine.error = 0
    machine.run(hours: 23)
    #expect(abs(machine.believed - 29) < 0.01 && machine.steps == [5])
    machine.run(hours: 2)
    #expect(abs(machine.believed - 36) < 0.01)
  }

  @Test func ofTwoStepsEachHasItsDay() {
    var machine = Machine()
    machine.error = 100
    machine.run(hours: 23)
    machine.error = 9000
    machine.run(hours: 2)
    #expect(abs(machine.believed - 125) < 0.01)
    machine.run(hours: 20)
    #expect(abs(machine.believed - 145) < 0.01)
    machine.run(hours: 4)
    #expect(abs(machine.believed - 9049) < 0.01)
  }

  /// Only part of the claim is withdrawn: the rest has been claimed for as long as before.
  @Test func whatIsTakenBackInPartKeepsItsTime() {
    var machine = Machine()
    machine.error = 9000
    machine.run(hours: 20)
    machine.error = 100
    machine.run(hours: 3)
    #expect(abs(machine.believed - 23) < 0.01)
    machine.run(hours: 2)
    #expect(abs(machine.believed - 125) < 0.01 && machine.steps == [9000])
  }

  @Test func aMachineThatIsOffAtNightErasesAFewDaysLater() {
    var machine = Machine()
    for _ in 0..<30 {
      machine.run(hours: 8)
      machine.off(hours: 16)
    }
    #expect(machine.believed <= 720)
    #expect(machine.believed > 720 - 4 * 16)
  }

  @Test func aClockThatIsSetAllTheTimeFillsNoMemory() throws {
    var machine = Machine()
    for _ in 0..<10_000 {
      machine.error += 1
      machine.off(hours: 0)
    }
    #expect(try JSONEncoder().encode(machine.clock).count < 4000)
    machine.run(hours: 25)
    #expect(abs(machine.believed - 10_025) < 0.01)
  }

  @Test func itIsTheSameAfterARestart() throws {
    var machine = Machine()
    machine.error = 500
    machine.run(hours: 12)
    machine.clock = try JSONDecoder().decode(RetentionClock.self, from: JSONEncoder().encode(machine.clock))
    machine.run(hours: 11)
    #expect(abs(machine.believed - 23) < 0.01)
    machine.run(hours: 2)
    #expect(abs(machine.believed - 525) < 0.01)
  }
}

@Suite struct ClockRecordTests {
  private let kept = ClockRecord(
    time: Timestamp(microseconds: 1_000_000_000), boot: BootTime(boot: "a", elapsed: .seconds(50)),
    retention: RetentionClock(believing: Timestamp(microseconds: 0)))

  private func time(_ boot: BootTime?, system: Int64) -> Int64 {
    kept.time(at: boot, system: Timestamp(microseconds: system)).microseconds
  }

  @Test func onTheSameBootTheSystemsClockSaysNothing() {
    for system: Int64 in [0, 1_007_000_000, 90_000_000_000] {
      #expect(time(BootTime(boot: "a", elapsed: .seconds(57)), system: system) == 1_007_000_000)
    }
  }

  @Test(arguments: [
    BootTime(boot: "b", elapsed: .seconds(57)), BootTime(boot: "a", elapsed: .seconds(3)), nil,
  ])
  func onAnotherTheClockIsTakenUnlessItIsInThePast(boot: BootTime?) {
    #expect(time(boot, system: 2_000_000_000) == 2_000_000_000)
    #expect(time(boot, system: 999_000_000) == 1_000_000_000)
    #expect(kept.passed(until: boot) == nil)
  }
}

@Suite struct ExamTimeTests {
  @Test func anInstantAndItsTimeAreTheSameMoment() {
    let instant = ContinuousClock.now
    let time = Timestamp(instant)
    #expect(abs((ContinuousClock.Instant(time) - instant).microseconds) <= 1)
    #expect(ContinuousClock.Instant(time.advanced(by: .seconds(-90_000))) < instant - .seconds(89_999))
    #expect(abs(Timestamp.system.microseconds - Timestamp.now.microseconds) < 1_000_000)
  }
}
