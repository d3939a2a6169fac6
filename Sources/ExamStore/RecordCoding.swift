import ExamModel
import Foundation
import GRDB

/// Converts between rows of the database and records of the model.
enum RecordCoding {
  /// Nothing may change between being written and read back: times are whole numbers. Numbers that JSON does not
  /// support are neither written nor read, because they could not be passed on.
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.userInfo[.exactTimestamps] = true
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.userInfo[.exactTimestamps] = true
    return decoder
  }()

  static func json(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  // Rows may have been changed by another program: a column of another type is an error, and must not end the process.

  static func clocks(_ row: Row) throws -> ClockRecord? {
    guard let text = try row.decode(String?.self, forColumn: "value") else { return nil }
    return try decoder.decode(ClockRecord.self, from: Data(text.utf8))
  }

  static func session(_ row: Row) throws -> SessionRecord? {
    guard let code = SessionCode(try row.decode(String.self, forColumn: "code")) else { return nil }
    return SessionRecord(
      code: code, title: try row.decode(forColumn: "title"), createdAt: try time(row, "created_at"),
      teacherKeyHash: try row.decode(forColumn: "teacher_key_hash"),
      inviteHash: try row.decode(forColumn: "invite_hash"),
      endedAt: try row.decode(Int64?.self, forColumn: "ended_at").map { Timestamp(microseconds: $0) },
      endReason: try row.decode(String?.self, forColumn: "end_reason").flatMap { EndReason(rawValue: $0) })
  }

  static func participant(_ row: Row) throws -> ParticipantRecord? {
    guard let session = SessionCode(try row.decode(String.self, forColumn: "session")),
      let role = Role(rawValue: try row.decode(forColumn: "role")),
      let number = UInt32(exactly: try row.decode(Int64.self, forColumn: "number")),
      Participant.numbers.contains(number)
    else { return nil }
    return ParticipantRecord(
      id: ParticipantID(rawValue: try row.decode(forColumn: "participant")), session: session, number: number,
      name: try row.decode(forColumn: "name"), role: role,
      tokenHash: try row.decode(forColumn: "token_hash"), joinedAt: try time(row, "joined_at"))
  }

  static func event(_ row: Row) throws -> JournalEvent? {
    let kind = try row.decode(String.self, forColumn: "kind")
    // A value of a newer version is valid, too.
    guard let session = SessionCode(try row.decode(String.self, forColumn: "session")),
      (1...64).contains(kind.utf8.count),
      kind.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
    else { return nil }
    let payload = try row.decode(String?.self, forColumn: "payload").map { Data($0.utf8) }
    return try JournalEvent(
      at: try time(row, "at"), session: session, kindName: kind,
      format: try row.decode(forColumn: "format"),
      participant: try row.decode(String?.self, forColumn: "participant").map {
        ParticipantID(rawValue: $0)
      }, name: try row.decode(forColumn: "name"),
      fields: try decoder.decode(
        [String: String].self, from: Data(row.decode(String.self, forColumn: "fields").utf8))
    ) { isKnown in
      try payload.map {
        isKnown
          ? try decoder.decode(JournalEvent.Payload.self, from: $0)
          : .unknown(try decoder.decode(JSONValue.self, from: $0))
      }
    }
  }

  static func receipt(_ row: Row) throws -> ErasureReceipt? {
    guard let session = SessionCode(try row.decode(String.self, forColumn: "session")),
      let reason = ErasureReceipt.Reason(rawValue: try row.decode(forColumn: "reason"))
    else { return nil }
    return ErasureReceipt(
      at: try time(row, "at"), session: session, reason: reason,
      participants: try row.decode(forColumn: "participants"), events: try row.decode(forColumn: "events"),
      pictures: try row.decode(forColumn: "pictures"))
  }

  private static func time(_ row: Row, _ column: String) throws -> Timestamp {
    Timestamp(microseconds: try row.decode(forColumn: column))
  }
}
