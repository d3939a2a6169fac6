import ExamModel
import Testing

@testable import ExamServer

@Suite struct ActBudgetTests {
  private let start = ContinuousClock.now

  @Test func aTeacherMaySeeEveryAlertOfABigExamAtOnce() {
    var budget = ActBudget(for: .teacher)
    for _ in 0..<600 {
      let wait = budget.wait(at: start)
      #expect(wait == nil)
      budget.take(acts: 1, bytes: 700, at: start)
    }
    let wait = budget.wait(at: start)
    #expect(wait != nil)
  }

  @Test func inTheLongRunItIsSoManyASecond() {
    var budget = ActBudget(for: .student)
    var done = 0
    // An hour of a program that tries ten times a second.
    for tenth in 0..<36_000 {
      let now = start + .milliseconds(100 * tenth)
      guard budget.wait(at: now) == nil else { continue }
      budget.take(acts: 1, bytes: 100, at: now)
      done += 1
    }
    #expect((3600...3660).contains(done))
  }

  @Test func whatIsLongCostsMore() {
    var budget = ActBudget(for: .student)
    var bytes = 0
    for second in 0..<3600 {
      let now = start + .seconds(second)
      guard budget.wait(at: now) == nil else { continue }
      budget.take(acts: 1, bytes: 20_000, at: now)
      bytes += 20_000
    }
    #expect(bytes < 64 * 1024 + 3600 * 1024 + 20_000)
    #expect(bytes > 3_500_000)
  }

  @Test func whoTookTooMuchIsToldHowLongToWait() throws {
    var budget = ActBudget(for: .student)
    budget.take(acts: 65, bytes: 0, at: start)
    let told = budget.wait(at: start)
    let wait = try #require(told)
    #expect(wait == .seconds(6))
    let short = budget.wait(at: start + wait - .milliseconds(10))
    let then = budget.wait(at: start + wait + .milliseconds(10))
    #expect(short != nil && then == nil)
  }
}

@Suite struct PendingUpdatesTests {
  private let start = ContinuousClock.now
  private func alert(_ number: Int) -> AlertID { AlertID(rawValue: "a\(number)") }

  @Test func ofEachOnlyTheNewestCounts() {
    var pending = PendingUpdates()
    for number in 0..<1000 {
      _ = pending.add(.hand(up: number % 2 == 0))
      _ = pending.add(.status(PageReport(page: number % 2 == 0 ? .hidden : .visible)))
      _ = pending.add(.note(alert: alert(1), text: "\(number)"))
    }
    _ = pending.add(.status(PageReport(camera: .denied)))
    var handled: [PendingUpdates.Update] = []
    while let update = pending.next(at: start) { handled.append(update) }
    #expect(
      handled == [
        .status(PageReport(page: .visible, camera: .denied)), .hand(up: false),
        .note(alert: alert(1), text: "999"),
      ])
  }

  @Test func notesAreASecondApartAndWaitInLine() {
    var pending = PendingUpdates()
    let taken = (0..<9).map { pending.add(.note(alert: alert($0), text: "x")) }
    #expect(taken == Array(repeating: true, count: 8) + [false])
    var handled: [PendingUpdates.Update] = []
    for tenth in 0..<25 {
      while let update = pending.next(at: start + .milliseconds(100 * tenth)) { handled.append(update) }
    }
    #expect(handled == (0..<3).map { .note(alert: alert($0), text: "x") })
    #expect(pending.takeAll().count == 5)
    #expect(!pending.isWaiting(at: start + .seconds(9)))
  }

  @Test func everyStreamHasItsOwnHello() throws {
    let second = try #require(StreamSource(number: 1))
    var pending = PendingUpdates()
    for media in ["a", "b"] {
      _ = pending.add(.hello(media: media))
      _ = pending.add(.hello(media: media + media, source: second))
    }
    var handled: Set<PendingUpdates.Update> = []
    while let update = pending.next(at: start) { handled.insert(update) }
    #expect(handled == [.hello(media: "b"), .hello(media: "bb", source: second)])
  }

  @Test func aPageThatIsGoneSaysNothingMore() {
    var pending = PendingUpdates()
    for update: PendingUpdates.Update in [
      .status(PageReport(page: .hidden)), .hello(media: "x"), .hand(up: true),
    ] {
      _ = pending.add(update)
    }
    pending.forgetConnection()
    let rest = [pending.next(at: start), pending.next(at: start)]
    #expect(rest == [.hand(up: true), nil])
  }
}
