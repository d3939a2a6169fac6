import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct AlertLedgerTests {
  private let ada = ParticipantID(rawValue: "ada")
  private let time = Timestamp(microseconds: 1_000_000)

  private func confirm(
    _ ledger: inout AlertLedger, again: Bool = false, picture: [UInt8]? = [1]
  ) -> AlertRecord {
    ledger.confirm(
      .faceMissing, student: ada, rule: AlertRules.standard.rules[.faceMissing]!, since: time, confidence: 1,
      again: again, detail: "", picture: picture.map { SharedBytes($0) }, picturePath: { "/\($0)" })
  }

  @Test func anAlertOpensIsAcknowledgedAndClears() throws {
    var ledger = AlertLedger()
    let alert = confirm(&ledger)
    #expect(alert.state == .confirmed)
    #expect(alert.picture == "/\(alert.id)")
    #expect(ledger.picture(of: alert.id)?.count == 1)
    let acknowledged = ledger.acknowledge(alert.id, by: "Ms Hill", note: "asked")
    let seen = try #require(acknowledged)
    #expect(seen.state == .acknowledged)
    #expect(seen.acknowledgedBy == "Ms Hill")
    let over = ledger.clear(.faceMissing, student: ada, at: time.advanced(by: .seconds(5)))
    let cleared = try #require(over)
    #expect(cleared.state == .cleared)
    #expect(cleared.note == "asked")
    let again = ledger.clear(.faceMissing, student: ada, at: time)
    #expect(again == nil)
  }

  @Test func withinTheCooldownTheSameAlertStandsAgain() {
    var ledger = AlertLedger()
    let first = confirm(&ledger)
    _ = ledger.clear(.faceMissing, student: ada, at: time)
    let again = confirm(&ledger, again: true, picture: [2, 3])
    #expect(again.id == first.id)
    #expect(again.state == .confirmed)
    #expect(again.until == nil)
    #expect(again.repeats == 1)
    // The picture stays that of the onset.
    #expect(ledger.picture(of: first.id)?.count == 1)
    #expect(ledger.all.count == 1)
    _ = ledger.clear(.faceMissing, student: ada, at: time)
    let next = confirm(&ledger)
    #expect(next.id != first.id)
  }

  @Test func acknowledgingOneThatHasClearedKeepsItCleared() throws {
    var ledger = AlertLedger()
    let alert = confirm(&ledger)
    _ = ledger.clear(.faceMissing, student: ada, at: time)
    let acknowledged = ledger.acknowledge(alert.id, by: "x", note: nil)
    #expect(acknowledged?.state == .cleared)
    let unknown = ledger.acknowledge(AlertID(rawValue: "a0"), by: "x", note: nil)
    #expect(unknown == nil)
  }

  @Test func picturesAreBounded() {
    var ledger = AlertLedger()
    let first = confirm(&ledger)
    for _ in 0..<AlertLedger.maximumPictures { _ = confirm(&ledger) }
    #expect(ledger.picture(of: first.id) == nil)
    #expect(ledger.records[first.id]?.picture == nil)
    #expect(ledger.all.count == AlertLedger.maximumPictures + 1)
  }
}
