import ExamModel
import Testing

@testable import ExamServer

@Suite struct AlertLedgerTests {
  private let ada = ParticipantID(rawValue: "ada")
  private let bert = ParticipantID(rawValue: "bert")
  private let time = Timestamp(microseconds: 1_000_000)

  private func confirm(_ ledger: inout AlertLedger, again: Bool = false) -> AlertRecord {
    ledger.confirm(
      AlertConfirmation(
        kind: .faceMissing, student: ada, severity: .high, since: time, confidence: 1,
        thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
      again: again)
  }

  @Test func anAlertOpensIsAcknowledgedAndClears() throws {
    var ledger = AlertLedger()
    let alert = confirm(&ledger)
    #expect(alert.state == .confirmed)
    let acknowledged = ledger.acknowledge(alert.id, by: "Ms Hill", note: "asked")
    let seen = try #require(acknowledged)
    #expect(seen.state == .acknowledged)
    #expect(seen.acknowledgedBy == "Ms Hill")
    let over = ledger.clear(.faceMissing, student: ada, at: time.advanced(by: .seconds(5)))
    let cleared = try #require(over)
    #expect(cleared.state == .cleared)
    #expect(cleared.duration == 5)
    #expect(cleared.note == "asked")
    let again = ledger.clear(.faceMissing, student: ada, at: time)
    #expect(again == nil)
  }

  @Test func withinTheCooldownTheSameAlertStandsAgain() {
    var ledger = AlertLedger()
    let first = confirm(&ledger)
    ledger.setPicture("/onset", .kept, of: first.id)
    _ = ledger.clear(.faceMissing, student: ada, at: time)
    let again = confirm(&ledger, again: true)
    #expect(again.id == first.id)
    #expect(again.state == .confirmed)
    #expect(again.until == nil && again.duration == nil)
    #expect(again.repeats == 1)
    #expect(again.picture == "/onset")
    #expect(ledger.all.count == 1)
    _ = ledger.clear(.faceMissing, student: ada, at: time)
    let next = confirm(&ledger)
    #expect(next.id != first.id)
    #expect(ledger.all.map(\.id) == [first.id, next.id])
  }

  @Test func whatStandsAgainForLackOfRoomBeginsAnew() throws {
    var ledger = AlertLedger()
    for _ in 0..<AlertLedger.maximumOfAKind {
      _ = confirm(&ledger)
      _ = ledger.clear(.faceMissing, student: ada, at: time)
    }
    let later = time.advanced(by: .seconds(3600))
    let again = ledger.confirm(
      AlertConfirmation(
        kind: .faceMissing, student: ada, severity: .high, since: later, confidence: 1,
        thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
      again: false)
    #expect(again.repeats == 1)
    let over = ledger.clear(.faceMissing, student: ada, at: later.advanced(by: .seconds(5)))
    #expect(try #require(over).duration == 5)
  }

  @Test func eachStudentsPagesAreOfTheirOwn() {
    var ledger = AlertLedger()
    for student in [ada, bert, ada, bert, bert] {
      _ = ledger.confirm(
        AlertConfirmation(
          kind: .faceMissing, student: student, severity: .high, since: time, confidence: 1,
          thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
        again: false)
      _ = ledger.clear(.faceMissing, student: student, at: time)
    }
    #expect(ledger.page(before: nil, about: ada).items == ledger.about(ada).map(\.id))
    #expect(ledger.page(before: 2, about: bert).items == [ledger.about(bert)[0].id])
    #expect(ledger.page(before: -1, about: bert).items == [])
    #expect(ledger.page(before: .max, about: nil).items == ledger.all.map(\.id))
  }

  @Test func whoFlickersForAWholeDayFillsNoMemory() {
    var ledger = AlertLedger()
    for _ in 0..<1000 {
      _ = confirm(&ledger)
      _ = ledger.clear(.faceMissing, student: ada, at: time)
    }
    #expect(ledger.all.count == AlertLedger.maximumOfAKind)
    #expect(ledger.all.last?.repeats == 1000 - AlertLedger.maximumOfAKind)
    var restored = AlertLedger(restoring: ledger.all)
    let again = confirm(&restored)
    #expect(again.id == ledger.all.last?.id)
  }

  @Test func studentsWriteNotesToAlertsOfTheirOwnOnly() {
    var ledger = AlertLedger()
    let alert = confirm(&ledger)
    #expect(ledger.note(alert.id, by: bert, text: "not mine") == nil)
    #expect(
      ledger.note(alert.id, by: ada, text: "I bent down for my pen")?.studentNote == "I bent down for my pen")
    #expect(ledger.about(bert).isEmpty)
    #expect(ledger.about(ada).map(\.studentNote) == ["I bent down for my pen"])
  }

  @Test func whatIsRestoredGoesOn() {
    var ledger = AlertLedger()
    let alert = confirm(&ledger)
    var restored = AlertLedger(restoring: ledger.all)
    let cleared = restored.clear(.faceMissing, student: ada, at: time.advanced(by: .seconds(1)))
    #expect(cleared?.id == alert.id)
    let again = confirm(&restored, again: true)
    #expect(again.id == alert.id && again.repeats == 1)
  }
}
