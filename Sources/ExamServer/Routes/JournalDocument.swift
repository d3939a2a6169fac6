import ExamModel

/// The journal of a session as one JSON array or CSV file, produced in pieces.
struct JournalDocument: Sendable {
  enum Format: String, Sendable {
    case json, csv
  }

  private let session: SessionCode
  private let format: Format
  private var position: JournalPosition?
  private var isBegun = false
  private var hasEvents = false

  init(of session: SessionCode, as format: Format) {
    self.session = session
    self.format = format
  }

  /// Writes the next page of it.
  ///
  /// - Returns: whether there is more.
  mutating func write(to document: inout [UInt8], from archive: any ArchiveReader) throws -> Bool {
    let page = try archive.events(of: session, .all, after: position)
    switch format {
    case .json:
      if !isBegun { document.append(UInt8(ascii: "[")) }
      for event in page.events {
        if hasEvents { document.append(UInt8(ascii: ",")) }
        document += WireJSON.encode(event)
        hasEvents = true
      }
      if page.next == nil { document.append(UInt8(ascii: "]")) }
    case .csv:
      document += Self.lines(page.events, isBeginning: !isBegun).utf8
    }
    isBegun = true
    position = page.next
    return position != nil
  }

  /// CSV (RFC 4180): one line per event, its particular fields as `key=value` in the last column.
  static func lines(_ events: [JournalEvent], isBeginning: Bool) -> String {
    var lines = CSVLines(isBeginning: isBeginning)
    if isBeginning { lines.add(["at", "session", "kind", "participant", "name", "fields"]) }
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
