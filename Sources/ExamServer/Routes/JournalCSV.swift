import ExamModel

/// The journal as CSV (RFC 4180): one line per event, its particular fields as `key=value` in the last column.
enum JournalCSV {
  static let header: String = {
    var lines = CSVLines()
    lines.add(["at", "session", "kind", "participant", "name", "fields"])
    return lines.text
  }()

  static func lines(_ events: [JournalEvent]) -> String {
    var lines = CSVLines(isBeginning: false)
    for event in events {
      lines.add([
        .text("\(event.at)"), .text("\(event.session)"), .text(event.kindName),
        .init(event.participant?.rawValue), .init(event.name),
        .text(
          event.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")),
      ])
    }
    return lines.text
  }
}
