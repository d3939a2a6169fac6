import ExamModel
import GLibRuntime

/// The alerts of a session and their pictures.
struct AlertLedger {
  /// Pictures kept at most; those of the oldest alerts go first.
  static let maximumPictures = 1000

  private(set) var records: [AlertID: AlertRecord] = [:]
  private var order: [AlertID] = []
  private var latest: [Subject: AlertID] = [:]
  private var pictures: [AlertID: SharedBytes] = [:]

  private struct Subject: Hashable {
    let student: ParticipantID
    let kind: AlertKind
  }

  /// All alerts, the oldest first.
  var all: [AlertRecord] { order.compactMap { records[$0] } }

  func picture(of alert: AlertID) -> SharedBytes? { pictures[alert] }

  /// A suspicion was confirmed. Within the cooldown (`again`) the alert before stands again; else a new one opens.
  ///
  /// - Parameter picturePath: makes the path under which the alert's picture can be fetched.
  mutating func confirm(
    _ kind: AlertKind, student: ParticipantID, rule: AlertRule, since: Timestamp, confidence: Double,
    again: Bool,
    detail: String, picture: SharedBytes?, picturePath: (AlertID) -> String
  ) -> AlertRecord {
    let subject = Subject(student: student, kind: kind)
    var record: AlertRecord
    if again, let id = latest[subject], let previous = records[id] {
      record = previous
      record.state = .confirmed
      record.until = nil
      record.repeats += 1
      record.confidence = confidence
    } else {
      var generator = SystemRandomNumberGenerator()
      record = AlertRecord(
        id: .random(using: &generator), student: student, kind: kind, severity: rule.severity, since: since,
        confidence: confidence, detail: detail)
      order.append(record.id)
      latest[subject] = record.id
    }
    if let picture, pictures[record.id] == nil {
      pictures[record.id] = picture
      record.picture = picturePath(record.id)
      if pictures.count > Self.maximumPictures, let oldest = order.first(where: { pictures[$0] != nil }) {
        pictures[oldest] = nil
        records[oldest]?.picture = nil
      }
    }
    records[record.id] = record
    return record
  }

  /// What the alert was about is over.
  mutating func clear(_ kind: AlertKind, student: ParticipantID, at time: Timestamp) -> AlertRecord? {
    guard let id = latest[Subject(student: student, kind: kind)], records[id]?.isOpen == true else {
      return nil
    }
    records[id]?.state = .cleared
    records[id]?.until = time
    return records[id]
  }

  /// A teacher has seen it. `nil` for an alert that is unknown.
  mutating func acknowledge(_ id: AlertID, by name: String, note: String?) -> AlertRecord? {
    guard var record = records[id] else { return nil }
    // One that has cleared stays cleared; who saw it is kept all the same.
    if record.isOpen { record.state = .acknowledged }
    record.acknowledgedBy = name
    record.note = note ?? record.note
    records[id] = record
    return record
  }
}
