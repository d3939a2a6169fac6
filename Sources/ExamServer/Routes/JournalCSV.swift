import ExamModel

/// The journal as CSV (RFC 4180): one line per event, its particular fields as `key=value` in the last column.
enum JournalCSV {
  static func text(_ events: [JournalEvent]) -> String {
    let header = #""at","session","kind","participant","name","fields""#
    let lines = events.map { event in
      [
        "\(event.at)", "\(event.session)", event.kind.rawValue, event.participant?.rawValue ?? "",
        event.name ?? "",
        event.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
      ].map(quoted).joined(separator: ",")
    }
    return ([header] + lines).map { $0 + "\r\n" }.joined()
  }

  /// Every field is quoted, scalar by scalar: as a Character, a quote and a mark that combines with it are something
  /// else than a quote, and a carriage return and a line feed are one.
  private static func quoted(_ field: String) -> String {
    var quoted = "\""
    // A spreadsheet must not take what somebody typed for a formula.
    if let first = field.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) { quoted += "'" }
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
