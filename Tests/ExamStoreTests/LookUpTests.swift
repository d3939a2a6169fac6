import ExamModel
import GRDB
import Testing

@testable import ExamStore

/// Look-ups in the journal find their data, in a current database and in an upgraded one, without reading the rest.
@Suite struct LookUpTests {
  private static let ada = ParticipantID(rawValue: "p1")
  private static let bob = ParticipantID(rawValue: "p2")
  private static let grace = ParticipantID(rawValue: "t1")

  private static func alert(_ id: String, of student: ParticipantID, note: String? = nil) -> AlertRecord {
    var alert = AlertRecord(
      id: AlertID(rawValue: id), student: student, kind: .faceMissing, severity: .high, since: .test(1),
      confidence: 1,
      thresholds: AlertThresholds(window: 5, share: 0.8, limit: nil, baseline: nil, cooldown: 60))
    alert.note = note
    return alert
  }

  private static func event(
    _ second: Int64, _ kind: JournalEvent.Kind, _ participant: ParticipantID?,
    _ payload: JournalEvent.Payload?
  ) -> JournalEvent {
    JournalEvent(at: .test(second), session: .one, kind: kind, participant: participant, payload: payload)
  }

  private static func chat(_ second: Int64, _ from: ParticipantID, _ role: Role, _ to: ChatRecipient)
    -> JournalEvent
  {
    event(
      second, .chat, from,
      .chat(ChatMessage(from: from, name: "", role: role, to: to, text: "\(second)", at: .test(second))))
  }

  private static let events = [
    event(0, .sessionCreated, nil, nil), event(1, .joined, ada, nil), event(2, .joined, bob, nil),
    event(3, .alertConfirmed, ada, .alert(alert("a1", of: ada))),
    event(4, .alertConfirmed, bob, .alert(alert("a2", of: bob))),
    event(5, .alertConfirmed, ada, .alert(alert("a3", of: ada))),
    chat(6, ada, .student, .teachers), chat(7, bob, .student, .teachers),
    chat(8, grace, .teacher, .participant(bob)),
    // By a teacher, about a student's alert.
    event(9, .alertAcknowledged, grace, .alert(alert("a1", of: ada, note: "seen"))),
    chat(10, grace, .teacher, .all),
  ]

  private func check(_ reader: SQLiteReader) throws {
    #expect(try reader.alert(AlertID(rawValue: "a1"), in: .one)?.note == "seen")
    #expect(try reader.alert(AlertID(rawValue: "a2"), in: .one)?.student == Self.bob)
    #expect(try reader.alert(AlertID(rawValue: "a2"), in: .two) == nil)
    #expect(try reader.alert(AlertID(rawValue: "a9"), in: .one) == nil)
    #expect(try reader.alerts(about: Self.ada, in: .one).map(\.id.rawValue) == ["a1", "a3"])
    #expect(try reader.alerts(about: Self.ada, in: .one).map(\.note) == ["seen", nil])
    #expect(try reader.alerts(about: Self.grace, in: .one).isEmpty)
    func seconds(_ choice: EventChoice) throws -> [Int] {
      var seconds: [Int] = []
      try reader.forEachEvent(of: .one, choice) { event in
        seconds.append(try #require(Self.events.firstIndex(of: event)))
      }
      return seconds
    }
    #expect(try seconds(.all) == Array(0...10))
    #expect(try seconds(.about(Self.ada)) == [1, 3, 5, 6])
    #expect(try seconds(.chat(of: Self.ada)) == [6, 8, 10])
  }

  private func filled(_ folder: TestFolder) throws -> SQLiteStore {
    let store = try folder.store()
    store.create(.test())
    store.create(.test(.two))
    for event in Self.events { store.append(event) }
    return store
  }

  @Test func whatIsLookedUpIsFound() throws {
    try check(filled(TestFolder()).reader)
  }

  /// While another program holds the database nothing can be written, but what waits is found all the same.
  @Test func whatWaitsToBeWrittenIsFoundToo() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.create(.test(.two))
    for event in Self.events.prefix(4) { store.append(event) }
    let other = try DatabaseQueue(path: folder.data.database)
    try other.write { _ in
      for event in Self.events.dropFirst(4) { store.append(event) }
      #expect(store.trouble != nil)
      try check(store.reader)
    }
  }

  @Test func aParticipantIsFoundByTheTokensHashAlone() throws {
    let store = try filled(TestFolder())
    for number in 1...3 { store.add(.test(UInt32(number))) }
    #expect(try store.reader.participant(of: .one, tokenHash: "hash2")?.number == 2)
    #expect(try store.reader.participant(of: .two, tokenHash: "hash2") == nil)
    #expect(try store.reader.participant(of: .one, tokenHash: "hash") == nil)
  }

  /// A database as left by the previous version.
  private func olderFolder(_ tamper: String = "") throws -> TestFolder {
    let folder = try TestFolder()
    let database = try DatabaseQueue(path: folder.data.database)
    try Schema.migrator.migrate(database, upTo: "1")
    try database.write { db in
      for session in [SessionRecord.test(), .test(.two)] {
        try db.execute(
          sql: "INSERT INTO sessions (code, title, created_at, teacher_key_hash) VALUES (?, ?, ?, ?)",
          arguments: [
            session.code.digits, session.title, session.createdAt.microseconds, session.teacherKeyHash,
          ])
      }
      for event in Self.events {
        try db.execute(
          sql:
            "INSERT INTO events (session, at, kind, participant, name, fields, payload) VALUES (?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            event.session.digits, event.at.microseconds, event.kindName, event.participant?.rawValue,
            event.name,
            RecordCoding.json(event.fields), event.payload.map(RecordCoding.json),
          ])
      }
      try db.execute(sql: tamper)
    }
    try database.close()
    return folder
  }

  @Test func anOlderDatabaseIsUpgradedAndLookedUpTheSame() throws {
    let folder = try olderFolder()
    let store = try folder.store()
    try check(store.reader)
    store.append(Self.event(11, .alertCleared, Self.bob, .alert(Self.alert("a2", of: Self.bob, note: "new"))))
    #expect(try store.reader.alert(AlertID(rawValue: "a2"), in: .one)?.note == "new")
    store.close()
    #expect(try folder.store().reader.alert(AlertID(rawValue: "a2"), in: .one)?.note == "new")
  }

  /// Such a row must not keep a server from starting; its readers get an error.
  @Test func aRowThatIsNoJSONIsUpgradedToo() throws {
    let folder = try olderFolder(
      "INSERT INTO events (session, at, kind, fields, payload) VALUES ('000002', 1, 'chat', '{}', '{broken')")
    let store = try folder.store()
    try check(store.reader)
    let error = #expect(throws: StoreError.self) { try store.events(of: .two) }
    #expect(error?.description.contains("cannot be understood") == true)
  }

  /// SQLite's own plan shows that no look-up scans the journal.
  @Test func nothingIsLookedUpByReadingAll() throws {
    let reader = try filled(TestFolder()).reader
    let queries: [(sql: String, index: String)] = [
      (SQLiteReader.sql(.about(Self.ada)), "events_by_participant"),
      (SQLiteReader.sql(.all), "events_by_session"),
      (SQLiteReader.sql(.chat(of: Self.ada)), "events_chat"), (SQLiteReader.alertSQL, "events_by_alert"),
      (SQLiteReader.alertsSQL, "events_by_subject"),
    ]
    for (sql, index) in queries {
      let plan = try reader.database.read { db in
        try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN " + sql,
          arguments: StatementArguments(Array(repeating: 0, count: sql.count { $0 == "?" }))
        ).map { $0["detail"] as String }
      }
      #expect(plan.contains { $0.contains(index) }, "\(plan)")
      #expect(!plan.contains { $0 == "SCAN events" }, "\(plan)")
    }
  }

  /// A page is limited in events and in bytes.
  @Test func pagesAreSmallAndTogetherAreAll() throws {
    let store = try TestFolder().store()
    store.create(.test())
    for number in 0..<600 {
      store.append(.numbered(number, text: number < 300 ? "" : String(repeating: "x", count: 9000)))
    }
    var position: JournalPosition?
    var numbers: [Int] = []
    var pages: [Int] = []
    repeat {
      let page = try store.reader.events(of: .one, .all, after: position)
      numbers += page.events.compactMap(\.number)
      pages.append(page.events.count)
      position = page.next
    } while position != nil
    #expect(numbers == Array(0..<600))
    #expect(pages.max() == 256 && pages.count > 10)
  }
}
