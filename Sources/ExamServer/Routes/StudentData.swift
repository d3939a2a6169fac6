import ExamModel
import Foundation

/// All that is kept about one student, as one document for the student to download.
struct StudentData: Encodable {
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

  private struct Alert: Encodable {
    let alert: AlertRecord
    /// The JPEG of the onset in base 64.
    let jpeg: String?
    /// Why there is none, where there should be one.
    let missing: String?

    enum CodingKeys: String, CodingKey {
      case jpeg = "picture_jpeg_base64"
      case missing = "picture_missing"
    }

    func encode(to encoder: any Encoder) throws {
      try alert.encode(to: encoder)
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encodeIfPresent(jpeg, forKey: .jpeg)
      try fields.encodeIfPresent(missing, forKey: .missing)
    }
  }

  private let session: Session
  private let participantID: ParticipantID
  private let name: String
  private let joinedAt: Timestamp
  private let baseline: Baseline?
  private let accommodations: [Accommodation]
  private let alerts: [Alert]
  private let blindSpots: [BlindSpot]
  /// What the student wrote and could read.
  private let chat: [ChatMessage]
  /// Every event of the journal about the student.
  private let events: [JournalEvent]

  private enum CodingKeys: String, CodingKey {
    case session
    case participantID = "participant_id"
    case name
    case joinedAt = "joined_at"
    case baseline, accommodations, alerts
    case blindSpots = "blind_spots"
    case chat, events
  }

  /// - Parameter picture: the picture of an alert's onset; `nil` where its file is gone.
  init(
    _ person: SessionHistory.Person, session record: SessionRecord, alerts: [AlertRecord],
    chat: [ChatMessage], events: [JournalEvent], picture: (AlertID) throws -> [UInt8]?
  ) rethrows {
    session = Session(
      code: record.code, title: record.title, createdAt: record.createdAt, endedAt: record.endedAt)
    participantID = person.id
    name = person.name
    joinedAt = person.joinedAt
    baseline = person.baseline
    accommodations = person.accommodations
    blindSpots = person.blindSpots
    self.chat = chat
    self.events = events
    self.alerts = try alerts.map { alert in
      let jpeg = alert.picture == nil ? nil : try picture(alert.id)
      return Alert(
        alert: alert, jpeg: jpeg.map { Data($0).base64EncodedString() },
        missing: alert.picture != nil && jpeg == nil ? "the file is gone from the server's data folder" : nil)
    }
  }
}
