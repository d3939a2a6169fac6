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
      if !isBegun { document += JournalCSV.header.utf8 }
      document += JournalCSV.lines(page.events).utf8
    }
    isBegun = true
    position = page.next
    return position != nil
  }
}
