import ExamModel

/// The alerts of a session. Their pictures are in the store.
struct AlertLedger {
  private(set) var records: [AlertID: AlertRecord] = [:]
  private var order: [AlertID] = []
  /// Places in `order`, by student.
  private var places: [ParticipantID: [Int]] = [:]
  private var latest: [Subject: AlertID] = [:]
  private var counts: [Subject: Int] = [:]
  private var pictures: [ParticipantID: Int] = [:]
  /// Of one kind and one student; from then on the last one stands again. In three hours one a minute.
  static let maximumOfAKind = 200

  private struct Subject: Hashable {
    let student: ParticipantID
    let kind: AlertKind
  }

  init() {}

  /// Takes up what a journal tells, in the order in which the alerts were first confirmed.
  init(restoring alerts: [AlertRecord]) {
    for record in alerts { add(record) }
  }

  private mutating func add(_ record: AlertRecord) {
    let subject = Subject(student: record.student, kind: record.kind)
    records[record.id] = record
    places[record.student, default: []].append(order.count)
    order.append(record.id)
    latest[subject] = record.id
    counts[subject, default: 0] += 1
    if record.picture != nil { pictures[record.student, default: 0] += 1 }
  }

  /// Places in `order` of those about one student or, for `nil`, about all.
  private func places(about student: ParticipantID?) -> [Int] {
    student.map { places[$0] ?? [] } ?? Array(order.indices)
  }

  /// All alerts, the oldest first.
  var all: [AlertRecord] { order.compactMap { records[$0] } }

  /// Those about one student, the oldest first.
  func about(_ student: ParticipantID) -> [AlertRecord] {
    places(about: student).compactMap { records[order[$0]] }
  }

  /// Those that stand, about one student or, for `nil`, about all; the oldest first.
  func open(about student: ParticipantID?) -> [AlertID] {
    places(about: student).map { order[$0] }.filter { records[$0]?.isOpen == true }
  }

  /// A page of those that are over, about one student or, for `nil`, about all.
  ///
  /// - Parameter before: the page ends before the alert of this place; `nil`: with the newest.
  func page(before: Int?, about student: ParticipantID?) -> HistoryPage<AlertID> {
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

  /// A suspicion was confirmed. Within the cooldown (`again`) the alert before stands again; else a new one opens.
  mutating func confirm(_ confirmation: AlertConfirmation, again: Bool) -> AlertRecord {
    let subject = Subject(student: confirmation.student, kind: confirmation.kind)
    var record: AlertRecord
    let isFull = counts[subject, default: 0] >= Self.maximumOfAKind
    if again || isFull, let id = latest[subject], let previous = records[id] {
      record = previous
      // It did not go on all the while.
      if !again { record.since = confirmation.since }
      record.state = .confirmed
      record.until = nil
      record.duration = nil
      record.repeats += 1
      record.confidence = confirmation.confidence
      record.thresholds = confirmation.thresholds
    } else {
      var generator = SystemRandomNumberGenerator()
      record = AlertRecord(
        id: .random(using: &generator), student: confirmation.student, kind: confirmation.kind,
        severity: confirmation.severity, since: confirmation.since, confidence: confirmation.confidence,
        thresholds: confirmation.thresholds, detail: confirmation.detail)
      add(record)
    }
    records[record.id] = record
    return record
  }

  /// What became of the picture of an alert that has none yet.
  ///
  /// - Parameter path: under which it is kept.
  mutating func setPicture(_ path: String?, _ state: PictureState, of alert: AlertID) {
    guard let student = records[alert]?.student else { return }
    records[alert]?.picture = path
    records[alert]?.pictureState = state
    if path != nil { pictures[student, default: 0] += 1 }
  }

  /// How many pictures of a student are kept.
  func pictures(of student: ParticipantID) -> Int { pictures[student] ?? 0 }

  /// What the alert was about is over.
  mutating func clear(_ kind: AlertKind, student: ParticipantID, at time: Timestamp) -> AlertRecord? {
    guard let id = latest[Subject(student: student, kind: kind)], var record = records[id], record.isOpen
    else { return nil }
    record.state = .cleared
    record.until = time
    record.duration = Double(max(0, time.microseconds - record.since.microseconds)) / 1_000_000
    records[id] = record
    return record
  }

  /// A teacher has seen it. `nil` for an alert that is unknown.
  mutating func acknowledge(_ id: AlertID, by name: String, note: String?) -> AlertRecord? {
    guard var record = records[id] else { return nil }
    // One that has cleared stays cleared; who saw it is kept all the same.
    if record.isOpen { record.state = .acknowledged }
    record.acknowledgedBy = name
    if let note { (record.note, record.noteBy) = (note, name) }
    records[id] = record
    return record
  }

  /// What the student has to say about an alert of his or her own. `nil` for any other alert.
  mutating func note(_ id: AlertID, by student: ParticipantID, text: String) -> AlertRecord? {
    guard records[id]?.student == student else { return nil }
    records[id]?.studentNote = text
    return records[id]
  }
}

/// A suspicion that has lasted.
struct AlertConfirmation {
  let kind: AlertKind
  let student: ParticipantID
  let severity: AlertSeverity
  let since: Timestamp
  /// 0...1.
  let confidence: Double
  let thresholds: AlertThresholds

  /// What was seen, in a sentence for a teacher.
  var detail: String {
    let seconds = Int(thresholds.window.rounded())
    let share = "\(Int((confidence * 100).rounded())) % of the checks"
    return switch kind {
    case .faceMissing: "No face in the picture for \(seconds) s (\(share))."
    case .severalFaces: "More than one face in the picture for \(seconds) s (\(share))."
    case .lookingAway:
      "The head turned by more than \(Int((thresholds.limit ?? 0).rounded())) degrees from where it usually points "
        + "for \(seconds) s (\(share))."
    case .cameraCovered: "The picture is dark or empty for \(seconds) s (\(share))."
    case .pictureFrozen: "The picture has not changed for \(seconds) s (\(share))."
    case .videoStopped: "No picture has arrived for \(seconds) s."
    case .pageHidden: "The exam page is not in front."
    case .cameraOff: "The camera is off, unplugged or refused."
    }
  }
}
