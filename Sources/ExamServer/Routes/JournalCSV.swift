import ExamModel

/// The journal as CSV (RFC 4180): one line per event, its particular fields as `key=value` in the last column.
enum JournalCSV {
  static func text(_ events: [JournalEvent]) -> String {
    let header = "at,session,kind,participant,name,fields"
    let lines = events.map { event in
      [
        "\(event.at)", "\(event.session)", event.kind.rawValue, event.participant?.rawValue ?? "",
        event.name ?? "",
        event.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
      ].map(quoted).joined(separator: ",")
    }
    return ([header] + lines).map { $0 + "\r\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    // A spreadsheet must not take what somebody typed for a formula.
    let safe = field.first.map { "=+-@\t\r".contains($0) } == true ? "'" + field : field
    guard safe.contains(where: { ",\"\r\n".contains($0) }) || safe.contains("\r\n") else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
