import ExamModel
import Foundation
import GRDB
import Testing

@testable import ExamStore

/// What was written is read back unchanged and in order.
@Suite struct RecordTests {
  static let payloads: [(JournalEvent.Kind, JournalEvent.Payload)] = {
    var alert = AlertRecord(
      id: AlertID(rawValue: "a1"), student: ParticipantID(rawValue: "p1"), kind: .lookingAway,
      severity: .medium,
      since: .test(1), confidence: 0.1 + 0.2,
      thresholds: AlertThresholds(
        window: 5, share: 0.8, limit: .greatestFiniteMagnitude, baseline: -0.1, cooldown: 1e300))
    let confirmed = alert
    alert.state = .acknowledged
    alert.until = .test(9)
    alert.duration = 8.000_001
    alert.picture = "/api/x.jpg"
    alert.acknowledgedBy = "Grace"
    alert.note = "Turned 41° to the “left”\n\u{1F600}"
    alert.studentNote = "I looked for a pen"
    alert.repeats = 3
    alert.said = "obs"
    let id = ParticipantID(rawValue: "p2")
    let chats = [ChatRecipient.participant(id), .students, .teachers, .all].map {
      ChatMessage(from: id, name: "Bob", role: .teacher, to: $0, text: "a \"b\" \\ / \u{7}", at: .test(2))
    }
    return [
      (.alertConfirmed, .alert(confirmed)), (.alertAcknowledged, .alert(alert)),
      (.alertCleared, .alert(alert)), (.alertJudged, .judgedAlert(AlertWithVerdict(alert, nil))),
      (
        .alertJudged, .judgedAlert(AlertWithVerdict(alert, AlertJudgement(.wrong, by: "Grace", at: .test(9))))
      ),
    ]
      + chats.map { (.chat, .chat($0)) } + [
        (
          .accommodated,
          .accommodation(
            Accommodation(
              kind: .alert(.pageHidden), effect: .mute, until: nil, reason: "reader", by: "Grace",
              at: .test(3)))
        ),
        (
          .accommodated,
          .accommodation(
            Accommodation(
              kind: .alert(.faceMissing), effect: .loosen, factor: 2.5, until: .test(4), reason: "",
              by: "Grace", at: .test(3)))
        ),
        (
          .accommodated,
          .accommodation(
            Accommodation(
              kind: .grant(.extraTime), effect: .grant, amount: 15, until: nil, reason: "reads slowly",
              by: "Grace", at: .test(3)))
        ),
        (.calibrated, .baseline(Baseline(yaw: nil, faceHeight: 0.1, luminance: 99.9, edges: 40, checks: 8))),
        (.calibrated, .baseline(Baseline(yaw: -12.3, faceHeight: 0.3, luminance: 1, edges: 0.5, checks: 8))),
        (.paused, .pause(Pause(reason: "fire alarm", by: "Grace", at: .test(5)))),
      ]
      + BlindSpot.Cause.allCases.map {
        (.blindSpot, .blindSpot(BlindSpot(from: .test(6), until: .test(7), cause: $0)))
      }
  }()

  @Test func everyPayloadComesBackExactly() throws {
    let folder = try TestFolder()
    let events = Self.payloads.map { kind, payload in
      JournalEvent(
        at: .test(1), session: .one, kind: kind, participant: ParticipantID(rawValue: "p1"), name: "Ada",
        fields: ["a": "1", "b/ü": "\"x\"\u{0}\n"], payload: payload)
    }
    do {
      let store = try folder.store()
      store.create(.test())
      for event in events { store.append(event) }
      #expect(store.trouble == nil)
      #expect(try store.events(of: .one) == events)
      store.close()
    }
    #expect(try folder.store().events(of: .one) == events)
  }

  @Test func everyKindComesBackBare() throws {
    let store = try TestFolder().store()
    store.create(.test())
    let events = JournalEvent.Kind.allCases.map { JournalEvent(at: .test(1), session: .one, kind: $0) }
    for event in events { store.append(event) }
    #expect(try store.events(of: .one) == events)
  }

  /// What a newer version wrote is kept, reported as such, and passed on unchanged.
  @Test(
    arguments: [
      ("screen_shared", 1, #"{"screen":{"height":1080,"name":"Ü","of":[1,2.5,true,null]}}"#),
      ("screen_shared", 1, nil), ("chat", 2, #"{"chat":"in another way"}"#),
      ("alert_confirmed", 1, #"{"alert":{"alert_id":"a1","kind":"fullscreen_left","student":"p1"}}"#),
      ("accommodated", 1, #"{"accommodation":{"effect":"mute","kind":"fullscreen_left"}}"#),
      ("paused", 1, #"{"until_noon":{"at":1}}"#),
    ] as [(String, Int, String?)])
  func whatANewerVersionWroteIsPassedOn(kind: String, format: Int, payload: String?) throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try folder.tamper(
      "INSERT INTO events (session, at, kind, format, name, fields, payload) VALUES ('000001', 5000, '\(kind)', \(format), 'Ada', "
        + "'{\"a\":\"b\"}', \(payload.map { "'\($0)'" } ?? "NULL"))")
    store.append(.numbered(1))
    let event = try #require(store.events(of: .one).first)
    #expect(event.kind == .unknown && event.kindName == kind && event.format == format)
    #expect(event.name == "Ada" && event.fields == ["a": "b"])
    let text = String(decoding: try JSONEncoder().encode(event), as: UTF8.self)
    #expect(try JSONDecoder().decode(JournalEvent.self, from: Data(text.utf8)) == event)
    if let payload {
      #expect(event.payload == .unknown(try JSONDecoder().decode(JSONValue.self, from: Data(payload.utf8))))
      #expect(try RecordCoding.json(event.payload) == payload)
    }
    #expect(ExamState(.one, [event, event], bounds: .live).unknown == [kind: 2])
  }

  @Test func aHistoryIsTheSameAfterARestart() throws {
    let folder = try TestFolder()
    let student = ParticipantID(rawValue: "p1")
    let events = [
      JournalEvent(at: .test(0), session: .one, kind: .sessionCreated, fields: ["title": "T"]),
      JournalEvent(
        at: .test(1), session: .one, kind: .joined, participant: student, name: "A",
        fields: ["role": "student"]),
      JournalEvent(at: .test(2), session: .one, kind: .connected, participant: student),
      JournalEvent(
        at: .test(9), session: .one, kind: .blindSpot, participant: student,
        payload: .blindSpot(BlindSpot(from: .test(5), until: .test(9), cause: .restart))),
      JournalEvent(at: .test(9), session: .one, kind: .sessionRestored),
    ]
    let store = try folder.store()
    store.create(.test())
    for event in events { store.append(event) }
    // Found by comparing a time in a payload with the time of an event.
    let state = try ExamState(.one, store.events(of: .one), bounds: .live)
    #expect(state.person(student)?.connections == [.init(from: .test(2), until: .test(5))])
  }

  @Test func sessionsAndParticipantsComeBack() throws {
    let folder = try TestFolder()
    let late = SessionRecord.test(.one, createdAt: .test(10))
    let early = SessionRecord.test(.two, createdAt: .test(5))
    let people = [ParticipantRecord.test(2), .test(1), .test(Participant.numbers.upperBound)]
    do {
      let store = try folder.store()
      store.create(late)
      store.create(early)
      for person in people { store.add(person) }
      store.add(.test(1, in: .two))
      store.remove(ParticipantID(rawValue: "p1"), from: .one)
      store.end(.two, at: .test(20))
      store.close()
    }
    let store = try folder.store()
    var ended = early
    ended.endedAt = .test(20)
    #expect(try store.sessions(isLive: nil) == [ended, late])
    #expect(try store.sessions(isLive: true) == [late])
    #expect(try store.sessions(isLive: false) == [ended])
    #expect(try store.session(.two) == ended)
    #expect(try store.session(#require(SessionCode("999999"))) == nil)
    #expect(try store.participants(of: .one) == [people[0], people[2]])
    #expect(try store.participants(of: .two).count == 1)
  }

  /// A column that a migration added and that nothing fills would come back empty for ever. The records of these tests
  /// have something in each field.
  @Test func everyColumnIsWritten() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.add(.test(1))
    let payload = try #require(Self.payloads.first).1
    store.append(
      JournalEvent(
        at: .test(1), session: .one, kind: .alertConfirmed, participant: ParticipantID(rawValue: "p1"),
        name: "Ada", payload: payload))
    store.end(.one, at: .test(2))
    store.close()
    let database = try DatabaseQueue(path: folder.data.database)
    for table in ["sessions", "participants", "events"] {
      let row = try #require(database.read { try Row.fetchOne($0, sql: "SELECT * FROM \(table)") })
      let empty = row.filter { $1.isNull }.map(\.0)
      #expect(empty == [], "nothing wrote these columns of \(table)")
    }
    try database.close()
  }

  @Test func sessionsDoNotMix() throws {
    let store = try TestFolder().store()
    store.create(.test(.one))
    store.create(.test(.two))
    for number in 0..<100 { store.append(.numbered(number, in: number.isMultiple(of: 3) ? .one : .two)) }
    #expect(try store.numbers(in: .one) == (0..<100).filter { $0.isMultiple(of: 3) })
    #expect(try store.numbers(in: .two) == (0..<100).filter { !$0.isMultiple(of: 3) })
  }

  @Test func whatCannotBeKeptIsTold() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.create(.test())
    store.add(.test(1))
    store.add(.test(1))
    store.append(.numbered(1, in: .two))
    store.append(.numbered(2))
    #expect(store.trouble == nil)
    #expect(try store.numbers() == [2])
    let refusals = folder.reports.filter { $0.contains("is not kept") }
    #expect(refusals.count == 3)
    #expect(refusals.contains { $0.hasPrefix("event chat of session 000002") })
  }

  @Test func theTimeLastAliveIsThatOfTheProcessBefore() throws {
    let folder = try TestFolder()
    do {
      let store = try folder.store()
      #expect(store.lastAlive == nil)
      store.noteAlive(at: .test(1))
      store.noteAlive(at: .test(2))
      #expect(store.lastAlive == nil)
      store.close()
    }
    do {
      let store = try folder.store()
      #expect(store.lastAlive == .test(2))
      // An event is as good a sign.
      store.create(.test())
      store.append(.numbered(7))
      store.close()
    }
    #expect(try folder.store().lastAlive == .test(7))
  }

  @Test(arguments: [
    "UPDATE events SET name = 'Eve'", "UPDATE events SET payload = NULL WHERE id = 2", "DELETE FROM events",
    "DELETE FROM events WHERE id = 3",
    "INSERT OR REPLACE INTO events (id, session, at, kind, fields) VALUES (2, '000001', 0, 'chat', '{}')",
    "UPDATE receipts SET events = 0", "DELETE FROM receipts",
  ])
  func theJournalOnlyGrows(sql: String) throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test(.two))
    _ = try store.erase(.two, reason: .request)
    store.create(.test())
    for number in 0..<5 { store.append(.numbered(number)) }
    let error = #expect(throws: DatabaseError.self) { try folder.tamper(sql) }
    #expect(error?.extendedResultCode == .SQLITE_CONSTRAINT_TRIGGER)
    #expect(try store.numbers() == [0, 1, 2, 3, 4])
    #expect(try store.receipts().map(\.events) == [0])
  }

  /// Numbers that JSON does not support, and columns of another type, are an error and do not end the process.
  @Test(arguments: [
    #"'chat', '{}', '{"baseline":{"yaw":"nan","face_height":1,"luminance":1,"edges":1,"checks":1}}'"#,
    #"'chat', '{}', '{"baseline":{"face_height":"infinity","luminance":1,"edges":1,"checks":1}}'"#,
    "'chat', x'ff', NULL", "x'ff', '{}', NULL", "'chat', '{}', x'ff'",
  ])
  func aValueThatCannotBeUnderstoodIsAnError(_ values: String) throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    try folder.tamper(
      "INSERT INTO events (session, at, kind, fields, payload) VALUES ('000001', 0, \(values))")
    #expect(throws: StoreError.self) { try store.events(of: .one) }
  }

  @Test(arguments: [
    "number = 4294967295", "number = 0", "number = -1", "number = 'many'", "role = x'ff'",
  ])
  func aParticipantThatCannotBeUnderstoodIsAnError(_ change: String) throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.add(.test(1))
    try folder.tamper("UPDATE participants SET \(change)")
    let error = #expect(throws: StoreError.self) { try store.participants(of: .one) }
    #expect(error?.description.contains("cannot be understood") == true)
  }

  /// It would be unreadable, and would keep everything after it from being written.
  @Test func aNumberThatIsNotFiniteIsNotKept() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.append(
      JournalEvent(
        at: .test(1), session: .one, kind: .calibrated,
        payload: .baseline(Baseline(yaw: .nan, faceHeight: 1, luminance: 1, edges: 1, checks: 1))))
    store.append(.numbered(2))
    #expect(store.trouble == nil)
    #expect(try store.numbers() == [2])
    #expect(folder.reports.contains { $0.contains("is not kept: a number in it is not finite") })
  }

  @Test func whatIsThereOfAPictureIsTold() throws {
    let store = try TestFolder().store()
    store.create(.test())
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 7, count: 90_000)
    store.keep(jpeg, of: "a1")
    store.keep([1, 2, 3, 4, 5], of: "a2")
    store.append(.numbered(1))
    func kept(_ id: String) throws -> KeptPicture? {
      try store.reader.keptPicture(of: AlertID(rawValue: id), in: .one)
    }
    #expect(try kept("a1") == KeptPicture(jpeg))
    #expect(try kept("a1")?.isJPEG == true && kept("a1")?.bytes == 90_004)
    #expect(try kept("a2")?.isJPEG == false)
    #expect(try kept("a3") == nil && kept("../000001/a1") == nil)
  }

  @Test func aRowThatCannotBeUnderstoodIsNotLeftOut() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.append(.numbered(1))
    try folder.tamper(
      "INSERT INTO events (session, at, kind, fields) VALUES ('000001', 0, 'From the future', '{}')")
    let error = #expect(throws: StoreError.self) { try store.events(of: .one) }
    #expect(error?.description.contains("cannot be understood") == true)
    #expect(error?.description.contains("row 2") == true)
    #expect(error?.description.contains(folder.data.database) == true)
  }
}
