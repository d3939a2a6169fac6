import ExamModel
import Foundation
import WebGateway

/// Everything kept about one student, as one JSON document to download, produced in pieces: single values first, then
/// lists of any length.
struct StudentData: Sendable {
  private struct Session: Encodable {
    let code: SessionCode
    let title: String
    let createdAt: Timestamp
    let endedAt: Timestamp?

    enum CodingKeys: String, CodingKey {
      case code, title
      case createdAt = "created_at"
      case endedAt = "ended_at"
    }
  }

  /// The single values.
  private struct Head: Encodable {
    let session: Session
    let participantID: ParticipantID
    let name: String
    let joinedAt: Timestamp
    let baseline: Baseline?
    let dismissed: Dismissal?
    let accommodations: [Accommodation]
    let blindSpots: [BlindSpot]

    enum CodingKeys: String, CodingKey {
      case session
      case participantID = "participant_id"
      case name
      case joinedAt = "joined_at"
      case baseline, dismissed, accommodations
      case blindSpots = "blind_spots"
    }
  }

  private struct Alert: Encodable {
    let alert: AlertRecord
    /// The JPEG of the onset in base 64.
    let jpeg: String?

    enum CodingKeys: String, CodingKey {
      case jpeg = "picture_jpeg_base64"
    }

    func encode(to encoder: any Encoder) throws {
      try alert.encode(to: encoder)
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encodeIfPresent(jpeg, forKey: .jpeg)
    }
  }

  /// What comes next.
  private enum Part {
    case head
    case alerts([AlertRecord])
    /// What the student wrote and could read.
    case chat(after: JournalPosition?)
    /// Every event of the journal about the student.
    case events(after: JournalPosition?)
  }

  private let student: ParticipantID
  private let record: SessionRecord
  private var part = Part.head
  /// Whether the list being written has an entry already.
  private var hasEntries = false

  init(of student: ParticipantID, in record: SessionRecord) {
    self.student = student
    self.record = record
  }

  /// Writes the next part.
  ///
  /// - Returns: whether there is more.
  /// - Throws: `Refusal` if there is no such student; the archive's error if it cannot be read.
  mutating func write(to document: inout [UInt8], from archive: any ArchiveReader) throws -> Bool {
    switch part {
    case .head:
      let state = try archive.state(of: record.code, .about(student))
      guard let person = state.person(student), person.role == .student else {
        throw Refusal(
          status: 404, title: "No such student", detail: "There is no student \(student) in this session.",
          code: "unknown_student")
      }
      document += WireJSON.encode(head(person)).dropLast()
      part = .alerts(try archive.alerts(about: student, in: record.code).reversed())
      open("alerts", in: &document)
    case .alerts(var rest):
      if let alert = rest.popLast() {
        add(try withPicture(alert, archive), to: &document)
        part = .alerts(rest)
      } else {
        part = .chat(after: nil)
        document.append(UInt8(ascii: "]"))
        open("chat", in: &document)
      }
    case .chat(let position):
      let page = try archive.events(of: record.code, .chat(of: student), after: position)
      for case .chat(let message) in page.events.compactMap(\.payload)
      where message.isVisible(toStudent: student) {
        add(message, to: &document)
      }
      if let next = page.next {
        part = .chat(after: next)
      } else {
        part = .events(after: nil)
        document.append(UInt8(ascii: "]"))
        open("events", in: &document)
      }
    case .events(let position):
      let page = try archive.events(of: record.code, .about(student), after: position)
      for event in page.events { add(event, to: &document) }
      guard let next = page.next else {
        document += "]}".utf8
        return false
      }
      part = .events(after: next)
    }
    return true
  }

  private func head(_ person: ExamPerson) -> Head {
    Head(
      session: Session(
        code: record.code, title: record.title, createdAt: record.createdAt, endedAt: record.endedAt),
      participantID: person.id, name: person.name, joinedAt: person.joinedAt, baseline: person.baseline,
      dismissed: person.dismissal,
      accommodations: person.accommodations, blindSpots: person.blindSpots)
  }

  private func withPicture(_ alert: AlertRecord, _ archive: any ArchiveReader) throws -> Alert {
    let jpeg = alert.picture == nil ? nil : try archive.picture(of: alert.id, in: record.code)
    var alert = alert
    if alert.picture != nil, jpeg == nil { alert.pictureState = .missing }
    return Alert(alert: alert, jpeg: jpeg.map { Data($0).base64EncodedString() })
  }

  private mutating func open(_ list: String, in document: inout [UInt8]) {
    document += ",\"\(list)\":[".utf8
    hasEntries = false
  }

  private mutating func add(_ entry: some Encodable, to document: inout [UInt8]) {
    if hasEntries { document.append(UInt8(ascii: ",")) }
    document += WireJSON.encode(entry)
    hasEntries = true
  }
}
