import ExamModel
import Foundation
import GRDB

/// Between rows of the database and records of the model.
enum RecordCoding {
  /// Nothing that was written may come back changed: times are whole, and numbers that JSON does not know are words.
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.userInfo[.exactTimestamps] = true
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return encoder
  }()

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.userInfo[.exactTimestamps] = true
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return decoder
  }()

  static func json(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func clocks(_ row: Row) -> ClockRecord? {
    guard let text = row["value"] as String? else { return nil }
    return try? decoder.decode(ClockRecord.self, from: Data(text.utf8))
  }

  static func session(_ row: Row) -> SessionRecord? {
    guard let code = SessionCode(row["code"] as String) else { return nil }
    return SessionRecord(
      code: code, title: row["title"], createdAt: Timestamp(microseconds: row["created_at"]),
      teacherKeyHash: row["teacher_key_hash"], inviteHash: row["invite_hash"],
      endedAt: (row["ended_at"] as Int64?).map { Timestamp(microseconds: $0) },
      endReason: (row["end_reason"] as String?).flatMap { EndReason(rawValue: $0) })
  }

  static func participant(_ row: Row) -> ParticipantRecord? {
    guard let session = SessionCode(row["session"] as String), let role = Role(rawValue: row["role"]),
      let number = UInt32(exactly: row["number"] as Int64)
    else { return nil }
    return ParticipantRecord(
      id: ParticipantID(rawValue: row["participant"]), session: session, number: number, name: row["name"],
      role: role,
      tokenHash: row["token_hash"], joinedAt: Timestamp(microseconds: row["joined_at"]))
  }

  static func event(_ row: Row) -> JournalEvent? {
    guard let session = SessionCode(row["session"] as String),
      let kind = JournalEvent.Kind(rawValue: row["kind"]),
      let fields = try? decoder.decode([String: String].self, from: Data((row["fields"] as String).utf8))
    else { return nil }
    var payload: JournalEvent.Payload?
    if let text = row["payload"] as String? {
      payload = try? decoder.decode(JournalEvent.Payload.self, from: Data(text.utf8))
      guard payload != nil else { return nil }
    }
    return JournalEvent(
      at: Timestamp(microseconds: row["at"]), session: session, kind: kind,
      participant: (row["participant"] as String?).map { ParticipantID(rawValue: $0) }, name: row["name"],
      fields: fields, payload: payload)
  }

  static func receipt(_ row: Row) -> ErasureReceipt? {
    guard let session = SessionCode(row["session"] as String),
      let reason = ErasureReceipt.Reason(rawValue: row["reason"])
    else { return nil }
    return ErasureReceipt(
      at: Timestamp(microseconds: row["at"]), session: session, reason: reason,
      participants: row["participants"],
      events: row["events"], pictures: row["pictures"])
  }
}
