import Testing

@testable import ExamModel

@Suite struct AlertBookTests {
  private let ada = ParticipantID(rawValue: "ada")
  private let bert = ParticipantID(rawValue: "bert")
  private let time = Timestamp(microseconds: 1_000_000)

  private func confirm(_ book: inout AlertBook, again: Bool = false, said: String? = nil) -> AlertRecord {
    book.confirm(
      AlertRecord(
        id: .random(), student: ada, kind: .faceMissing, severity: .high, since: time, confidence: 1,
        thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30), said: said),
      again: again)
  }

  @Test func anAlertOpensIsAcknowledgedAndClears() throws {
    var book = AlertBook(maximum: 1000)
    let alert = confirm(&book)
    #expect(alert.state == .confirmed)
    let acknowledged = book.acknowledge(alert.id, by: "Ms Hill", note: "asked")
    let seen = try #require(acknowledged)
    #expect(seen.state == .acknowledged)
    #expect(seen.acknowledgedBy == "Ms Hill")
    let over = book.clear(.faceMissing, student: ada, at: time.advanced(by: .seconds(5)))
    let cleared = try #require(over)
    #expect(cleared.state == .cleared)
    #expect(cleared.duration == 5)
    #expect(cleared.note == "asked")
    let again = book.clear(.faceMissing, student: ada, at: time)
    #expect(again == nil)
  }

  @Test func withinTheCooldownTheSameAlertStandsAgain() {
    var book = AlertBook(maximum: 1000)
    let first = confirm(&book)
    book.setPicture("/onset", .kept, of: first.id)
    _ = book.clear(.faceMissing, student: ada, at: time)
    let again = confirm(&book, again: true, said: "manycam")
    #expect(again.id == first.id)
    #expect(first.said == nil && again.said == "manycam", "what is so now")
    #expect(again.state == .confirmed)
    #expect(again.until == nil && again.duration == nil)
    #expect(again.repeats == 1)
    #expect(again.picture == "/onset")
    #expect(book.all.count == 1)
    _ = book.clear(.faceMissing, student: ada, at: time)
    let next = confirm(&book)
    #expect(next.id != first.id)
    #expect(book.all.map(\.id) == [first.id, next.id])
  }

  @Test func whatStandsAgainForLackOfRoomBeginsAnew() throws {
    var book = AlertBook(maximum: 1000)
    for _ in 0..<AlertBook.maximumOfAKind {
      _ = confirm(&book)
      _ = book.clear(.faceMissing, student: ada, at: time)
    }
    let later = time.advanced(by: .seconds(3600))
    let again = book.confirm(
      AlertRecord(
        id: .random(), student: ada, kind: .faceMissing, severity: .high, since: later, confidence: 1,
        thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
      again: false)
    #expect(again.repeats == 1)
    let over = book.clear(.faceMissing, student: ada, at: later.advanced(by: .seconds(5)))
    #expect(try #require(over).duration == 5)
  }

  @Test func aVerdictIsAboutOneOccurrence() {
    var book = AlertBook(maximum: 1000)
    let verdict = AlertJudgement(.wrong, by: "Ms Hill", at: time)
    for _ in 0..<AlertBook.maximumOfAKind {
      _ = confirm(&book)
      _ = book.clear(.faceMissing, student: ada, at: time)
    }
    // Within the cooldown it is the same one.
    let first = confirm(&book, again: true)
    book.judge(first.id, verdict)
    _ = book.clear(.faceMissing, student: ada, at: time)
    _ = confirm(&book, again: true)
    #expect(book.judgement(of: first.id) == verdict)
    _ = book.clear(.faceMissing, student: ada, at: time)
    let other = book.confirm(
      AlertRecord(
        id: .random(), student: ada, kind: .faceMissing, severity: .high,
        since: time.advanced(by: .seconds(3600)), confidence: 1,
        thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
      again: false)
    #expect(other.id == first.id && book.judgement(of: first.id) == nil)
  }

  @Test func eachStudentsPagesAreOfTheirOwn() {
    var book = AlertBook(maximum: 1000)
    for student in [ada, bert, ada, bert, bert] {
      _ = book.confirm(
        AlertRecord(
          id: .random(), student: student, kind: .faceMissing, severity: .high, since: time, confidence: 1,
          thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
        again: false)
      _ = book.clear(.faceMissing, student: student, at: time)
    }
    #expect(book.page(before: nil, about: ada).items == book.about(ada).map(\.id))
    #expect(book.page(before: 2, about: bert).items == [book.about(bert)[0].id])
    #expect(book.page(before: -1, about: bert).items == [])
    #expect(book.page(before: .max, about: nil).items == book.all.map(\.id))
  }

  @Test func whoFlickersForAWholeDayFillsNoMemory() {
    var book = AlertBook(maximum: 1000)
    for _ in 0..<1000 {
      _ = confirm(&book)
      _ = book.clear(.faceMissing, student: ada, at: time)
    }
    #expect(book.all.count == AlertBook.maximumOfAKind)
    #expect(book.all.last?.repeats == 1000 - AlertBook.maximumOfAKind)
    var restored = AlertBook(restoring: book.all)
    let again = confirm(&restored)
    #expect(again.id == book.all.last?.id)
  }

  @Test func whatIsLongOverIsInTheJournalAlone() {
    var book = AlertBook(maximum: 100)
    let standing = confirm(&book)
    for number in 0..<1000 {
      let student = ParticipantID(rawValue: "s\(number)")
      for _ in 0..<3 {
        _ = book.confirm(
          AlertRecord(
            id: .random(), student: student, kind: .faceMissing, severity: .high, since: time, confidence: 1,
            thresholds: AlertThresholds(window: 3, share: 0.8, limit: nil, baseline: nil, cooldown: 30)),
          again: false)
        _ = book.clear(.faceMissing, student: student, at: time)
      }
      // The last of a kind may recur, and is held.
      #expect(book.about(student).count >= 1)
    }
    #expect(book.all.count <= 1101 && book.forgotten == 3001 - book.all.count)
    #expect(book[standing.id] == standing && book.open(about: nil) == [standing.id])
    // Pages lead through all that are held, with stable numbers.
    var (pages, before): ([AlertID], Int?) = ([], nil)
    repeat {
      let page = book.page(before: before, about: nil)
      pages = page.items + pages
      before = page.before
    } while before != nil
    #expect(pages == book.all.filter { !$0.isOpen }.map(\.id))
    book.left(Set((0..<990).map { ParticipantID(rawValue: "s\($0)") }))
    for _ in 0..<200 {
      _ = confirm(&book)
      _ = book.clear(.faceMissing, student: ada, at: time)
    }
    #expect(book.all.count <= 100 && book.about(ParticipantID(rawValue: "s999")).count == 1)
  }

  @Test func allOfAnAlertComesBack() {
    var book = AlertBook(maximum: 1000)
    var full = AlertRecord(
      id: AlertID(rawValue: "a1"), student: ada, kind: .lookingAway, severity: .medium, since: time,
      confidence: 0.875,
      thresholds: AlertThresholds(window: 5.5, share: 0.8, limit: 30, baseline: -12.25, cooldown: 30))
    let bare = full
    full.state = .acknowledged
    full.until = time.advanced(by: .seconds(9))
    full.duration = 8.999
    full.picture = "/api/sessions/123456/alerts/a1.jpg"
    full.pictureState = .kept
    (full.acknowledgedBy, full.note, full.noteBy) = ("Ms Hill", "asked", "Mr Dale")
    full.studentNote = "my pen fell"
    full.said = "obs"
    full.repeats = 7
    for record in [bare, full, bare] {
      book.put(record, at: time)
      #expect(book[record.id] == record && book.all == [record] && book.about(ada) == [record])
    }
    for path in ["/onset", "a1.jpg", ""] {
      full.picture = path
      book.put(full, at: time)
      #expect(book[full.id] == full)
    }
  }

  @Test func studentsWriteNotesToAlertsOfTheirOwnOnly() {
    var book = AlertBook(maximum: 1000)
    let alert = confirm(&book)
    #expect(book.note(alert.id, by: bert, text: "not mine") == nil)
    #expect(
      book.note(alert.id, by: ada, text: "I bent down for my pen")?.studentNote == "I bent down for my pen")
    #expect(book.about(bert).isEmpty)
    #expect(book.about(ada).map(\.studentNote) == ["I bent down for my pen"])
  }

  @Test func whatIsRestoredGoesOn() {
    var book = AlertBook(maximum: 1000)
    let alert = confirm(&book)
    var restored = AlertBook(restoring: book.all)
    let cleared = restored.clear(.faceMissing, student: ada, at: time.advanced(by: .seconds(1)))
    #expect(cleared?.id == alert.id)
    let again = confirm(&restored, again: true)
    #expect(again.id == alert.id && again.repeats == 1)
  }
}

/// What an exam does: every change of an alert is an event, which the book applies.
extension AlertBook {
  fileprivate init(restoring alerts: [AlertRecord]) {
    self.init(maximum: 1000)
    alerts.forEach { put($0, at: $0.since) }
  }

  fileprivate mutating func confirm(_ new: AlertRecord, again: Bool) -> AlertRecord {
    taken(confirmed(new, again: again))
  }

  fileprivate mutating func clear(
    _ kind: AlertKind, student: ParticipantID, at time: Timestamp
  ) -> AlertRecord? {
    cleared(kind, student: student, at: time).map { taken($0) }
  }

  fileprivate mutating func acknowledge(_ id: AlertID, by name: String, note: String?) -> AlertRecord? {
    acknowledged(id, by: name, note: note).map { taken($0) }
  }

  fileprivate mutating func note(_ id: AlertID, by student: ParticipantID, text: String) -> AlertRecord? {
    noted(id, by: student, text: text).map { taken($0) }
  }

  fileprivate mutating func setPicture(_ path: String, _ state: PictureState, of id: AlertID) {
    guard var record = self[id] else { return }
    (record.picture, record.pictureState) = (path, state)
    put(record, at: record.since)
  }

  private mutating func taken(_ record: AlertRecord) -> AlertRecord {
    put(record, at: record.since)
    return record
  }
}
