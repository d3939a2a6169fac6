import Testing

@testable import ExamModel

@Suite struct ExamStateTests {
  private let code = SessionCode("123456")!
  private let ada = ParticipantID(rawValue: "ada")
  private let bert = ParticipantID(rawValue: "bert")

  private func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

  private func event(
    _ at: Int64, _ kind: JournalEvent.Kind, _ who: ParticipantID? = nil, _ fields: [String: String] = [:],
    _ payload: JournalEvent.Payload? = nil
  ) -> JournalEvent {
    JournalEvent(
      at: time(at), session: code, kind: kind, participant: who, name: who?.rawValue, fields: fields,
      payload: payload)
  }

  private func fold(_ events: [JournalEvent]) -> ExamState { ExamState(code, events, bounds: .live) }

  private var begin: [JournalEvent] {
    [
      event(0, .sessionCreated, nil, ["title": "Mathematics"]), event(1, .joined, ada, ["role": "student"]),
      event(2, .joined, bert, ["role": "student"]),
      event(3, .joined, ParticipantID(rawValue: "t"), ["role": "teacher"]),
    ]
  }

  private func alert(_ id: String, _ change: (inout AlertRecord) -> Void = { _ in }) -> AlertRecord {
    var record = AlertRecord(
      id: AlertID(rawValue: id), student: ada, kind: .faceMissing, severity: .high, since: time(10),
      confidence: 1,
      thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30))
    change(&record)
    return record
  }

  @Test func theLastWordOnAnAlertCounts() {
    let cleared = alert("a1") { ($0.state, $0.until) = (.cleared, self.time(20)) }
    let state = fold(
      begin + [
        event(13, .alertConfirmed, ada, [:], .alert(alert("a1"))),
        event(14, .alertConfirmed, ada, [:], .alert(alert("a2"))),
        event(21, .alertCleared, ada, [:], .alert(cleared)),
      ])
    #expect(state.alerts.all == [cleared, alert("a2")])
    #expect(state.title == "Mathematics")
    #expect(state.students.map(\.id) == [ada, bert])
  }

  @Test func aVerdictStaysWithItsAlert() {
    func judged(_ at: Int64, _ id: String, _ verdict: AlertVerdict?, by name: String = "Grace")
      -> JournalEvent
    {
      let judgement = verdict.map { AlertJudgement($0, by: name, at: time(at)) }
      return event(at, .alertJudged, nil, [:], .judgedAlert(AlertWithVerdict(alert(id), judgement)))
    }
    let cleared = alert("a1") { ($0.state, $0.until) = (.cleared, self.time(20)) }
    let state = fold(
      begin + [
        event(13, .alertConfirmed, ada, [:], .alert(alert("a1"))),
        event(14, .alertConfirmed, ada, [:], .alert(alert("a2"))),
        judged(15, "a1", .right), judged(16, "a2", .right), judged(17, "a1", .wrong, by: "Alan"),
        // As it was when it was judged: what changed since then holds.
        event(20, .alertCleared, ada, [:], .alert(cleared)), judged(21, "a2", nil), judged(22, "a9", .right),
      ])
    #expect(state.alerts.all == [cleared, alert("a2")])
    #expect(state.alerts.judgement(of: cleared.id) == AlertJudgement(.wrong, by: "Alan", at: time(17)))
    for id in ["a2", "a9"] { #expect(state.alerts.judgement(of: AlertID(rawValue: id)) == nil) }
  }

  @Test func anAlertWasConfirmedWhenItsOnsetWasFirstTold() {
    let again = alert("a1") { $0.repeats = 1 }
    let anew = alert("a2") { ($0.since, $0.repeats) = (self.time(40), 1) }
    let state = fold(
      begin + [
        event(13, .alertConfirmed, ada, [:], .alert(alert("a1"))),
        event(14, .alertConfirmed, ada, [:], .alert(alert("a2"))),
        event(20, .alertCleared, ada, [:], .alert(alert("a1") { $0.until = self.time(20) })),
        event(30, .alertConfirmed, ada, [:], .alert(again)),
        event(43, .alertConfirmed, ada, [:], .alert(anew)),
      ])
    #expect(state.alerts.confirmationTime(of: again.id) == time(13))
    #expect(state.alerts.confirmationTime(of: anew.id) == time(43))
  }

  @Test func connectionsEndWithTheSessionAndWithTheServer() {
    let down = BlindSpot(from: time(30), until: time(40), cause: .restart)
    let state = fold(
      begin + [
        event(5, .connected, ada), event(8, .disconnected, ada), event(9, .connected, ada),
        event(40, .blindSpot, ada, [:], .blindSpot(down)), event(40, .sessionRestored),
        event(42, .connected, ada),
        event(60, .sessionEnded),
      ])
    #expect(
      state.person(ada)?.connections.map { [$0.from, $0.until] } == [
        [time(5), time(8)], [time(9), time(30)], [time(42), time(60)],
      ])
    #expect(state.endedAt == time(60))
  }

  @Test func whoComesInASecondTabIsThereOnce() {
    let state = fold(
      begin + [
        event(5, .connected, ada), event(8, .connected, ada), event(9, .disconnected, ada),
        event(60, .sessionEnded),
      ])
    #expect(
      state.person(ada)?.connections.map { [$0.from, $0.until] } == [
        [time(5), time(8)], [time(8), time(9)],
      ]
    )
  }

  /// The second is how the first was written before reasons were codes.
  @Test(arguments: [DisconnectReason.serverStops.rawValue, "the server stops"])
  func whoWasThereWhenTheServerStoppedIsCutOffUntilItIsBack(reason: String) {
    let stop =
      begin + [
        event(5, .connected, ada), event(6, .connected, bert),
        event(7, .disconnected, bert, ["reason": "peer"]),
        event(8, .disconnected, ada, ["reason": reason]),
      ]
    let down = fold(stop)
    #expect(down.person(ada)?.isCutOff == true)
    #expect(down.person(bert)?.isCutOff == false)
    #expect(fold(stop + [event(20, .sessionRestored)]).person(ada)?.isCutOff == false)
  }

  @Test func theEndTellsWhy() {
    let idle = fold(begin + [event(60, .sessionEnded, nil, ["reason": "idle"])])
    #expect(idle.ending?.reason == .idle)
    let ended = fold(begin + [event(60, .sessionEnded, nil, ["reason": "teacher", "by": "Grace"])])
    #expect(ended.ending?.reason == .teacher && ended.ending?.by == "Grace")
    #expect(fold(begin).ending == nil)
  }

  @Test func piecesOfABlindSpotAreOne() {
    func spot(_ from: Int64, _ until: Int64, _ cause: BlindSpot.Cause) -> JournalEvent {
      event(
        until, .blindSpot, ada, [:], .blindSpot(BlindSpot(from: time(from), until: time(until), cause: cause))
      )
    }
    let state = fold(begin + [spot(5, 35, .overload), spot(35, 40, .overload), spot(40, 44, .pipeline)])
    #expect(
      state.person(ada)?.blindSpots == [
        BlindSpot(from: time(5), until: time(40), cause: .overload),
        BlindSpot(from: time(40), until: time(44), cause: .pipeline),
      ])
  }

  @Test func aPauseOfAllReachesThoseWhoJoinLater() {
    let pause = Pause(reason: "fire alarm", by: "Grace", at: time(10))
    let carl = ParticipantID(rawValue: "carl")
    let state = fold(
      begin + [
        event(10, .paused, nil, [:], .pause(pause)), event(11, .joined, carl, ["role": "student"]),
        event(15, .resumed, bert), event(20, .resumed),
      ])
    #expect(state.pause == nil)
    #expect(state.person(ada)?.pauses.map { [$0.span.from, $0.span.until] } == [[time(10), time(20)]])
    #expect(state.person(bert)?.pauses.map { [$0.span.from, $0.span.until] } == [[time(10), time(15)]])
    #expect(state.person(carl)?.pauses.map { [$0.span.from, $0.span.until] } == [[time(11), time(20)]])
  }

  @Test func handsBaselinesAndAccommodationsAreTakenUp() {
    let baseline = Baseline(yaw: 4, faceHeight: 0.3, luminance: 100, edges: 40, checks: 40)
    let accommodation = Accommodation(
      kind: .alert(.lookingAway), effect: .loosen, factor: 2, until: nil, reason: "torticollis",
      by: "Grace", at: time(12))
    let state = fold(
      begin + [
        event(5, .handUp, ada), event(6, .handDown, ada), event(7, .handUp, ada),
        event(8, .calibrated, ada, [:], .baseline(baseline)),
        event(12, .accommodated, ada, [:], .accommodation(accommodation)), event(13, .streamBegan, ada),
        event(14, .streamBegan, bert, ["source": "1"]),
      ])
    let person = state.person(ada)
    #expect(person?.handSince == time(7))
    #expect(person?.baseline == baseline)
    #expect(person?.accommodations == [accommodation])
    #expect(person?.hasStreamed == true)
    #expect(state.person(bert)?.hasStreamed == false)
  }
}
