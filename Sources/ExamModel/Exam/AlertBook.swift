/// The alerts of an exam. Their pictures are in the store.
public struct AlertBook: Sendable {
  private var records: [AlertID: AlertRecord] = [:]
  private var order: [AlertID] = []
  /// Places in `order`, by student.
  private var places: [ParticipantID: [Int]] = [:]
  private var latest: [Subject: AlertID] = [:]
  private var counts: [Subject: Int] = [:]
  private var pictures: [ParticipantID: Int] = [:]
  /// Of one kind and one student; from then on the last one stands again. In three hours one a minute.
  public static let maximumOfAKind = 200

  private struct Subject: Hashable {
    let student: ParticipantID
    let kind: AlertKind
  }

  public init() {}

  /// Takes an alert as it stands from now on.
  mutating func put(_ record: AlertRecord) {
    let before = records.updateValue(record, forKey: record.id)
    if before?.picture == nil, record.picture != nil { pictures[record.student, default: 0] += 1 }
    guard before == nil else { return }
    let subject = Subject(student: record.student, kind: record.kind)
    places[record.student, default: []].append(order.count)
    order.append(record.id)
    latest[subject] = record.id
    counts[subject, default: 0] += 1
  }

  public subscript(id: AlertID) -> AlertRecord? { records[id] }

  /// Places in `order` of those about one student or, for `nil`, about all.
  private func places(about student: ParticipantID?) -> [Int] {
    student.map { places[$0] ?? [] } ?? Array(order.indices)
  }

  /// All alerts as they stand, in the order in which they were first confirmed.
  public var all: [AlertRecord] { order.compactMap { records[$0] } }

  /// Those about one student, the oldest first.
  public func about(_ student: ParticipantID) -> [AlertRecord] {
    places(about: student).compactMap { records[order[$0]] }
  }

  /// Those that stand, about one student or, for `nil`, about all; the oldest first.
  public func open(about student: ParticipantID?) -> [AlertID] {
    places(about: student).map { order[$0] }.filter { records[$0]?.isOpen == true }
  }

  /// A page of those that are over, about one student or, for `nil`, about all.
  ///
  /// - Parameter before: the page ends before the alert of this place; `nil`: with the newest.
  public func page(before: Int?, about student: ParticipantID?) -> HistoryPage<AlertID> {
    let older = places(about: student).reversed().lazy.drop { $0 >= before ?? .max }
      .compactMap { place -> (number: Int, thing: AlertRecord)? in
        guard let record = records[order[place]], !record.isOpen else { return nil }
        return (place, record)
      }
    return HistoryPage(older) {
      ($0.note?.utf8.count ?? 0) + ($0.studentNote?.utf8.count ?? 0)
    } item: { _, record in
      record.id
    }
  }

  /// How many pictures of a student are kept.
  public func pictures(of student: ParticipantID) -> Int { pictures[student] ?? 0 }

  // MARK: What becomes of them

  /// The alert once a suspicion is confirmed. Within the cooldown (`again`) the one before stands again; else a new one
  /// opens.
  ///
  /// - Parameter id: of the new one.
  public func confirmed(_ confirmation: AlertConfirmation, again: Bool, id: AlertID) -> AlertRecord {
    let subject = Subject(student: confirmation.student, kind: confirmation.kind)
    let isFull = counts[subject, default: 0] >= Self.maximumOfAKind
    guard again || isFull, let last = latest[subject], var record = records[last] else {
      return AlertRecord(
        id: id, student: confirmation.student, kind: confirmation.kind, severity: confirmation.severity,
        since: confirmation.since, confidence: confirmation.confidence,
        thresholds: confirmation.thresholds, detail: confirmation.detail)
    }
    // It did not go on all the while.
    if !again { record.since = confirmation.since }
    record.state = .confirmed
    record.until = nil
    record.duration = nil
    record.repeats += 1
    record.confidence = confirmation.confidence
    record.thresholds = confirmation.thresholds
    return record
  }

  /// The alert once what it was about is over; `nil` where none stands.
  public func cleared(_ kind: AlertKind, student: ParticipantID, at time: Timestamp) -> AlertRecord? {
    guard let id = latest[Subject(student: student, kind: kind)], var record = records[id], record.isOpen
    else { return nil }
    record.state = .cleared
    record.until = time
    record.duration = Double(max(0, time.microseconds - record.since.microseconds)) / 1_000_000
    return record
  }

  /// The alert once a teacher has seen it; `nil` for one that is unknown.
  func acknowledged(_ id: AlertID, by name: String, note: String?) -> AlertRecord? {
    guard var record = records[id] else { return nil }
    // One that has cleared stays cleared; who saw it is kept all the same.
    if record.isOpen { record.state = .acknowledged }
    record.acknowledgedBy = name
    if let note { (record.note, record.noteBy) = (note, name) }
    return record
  }

  /// The alert with what the student has to say about it; `nil` for one that is not his or her own.
  func noted(_ id: AlertID, by student: ParticipantID, text: String) -> AlertRecord? {
    guard var record = records[id], record.student == student else { return nil }
    record.studentNote = text
    return record
  }
}
