/// Text as CSV (RFC 4180): lines of fields, ended by CR LF, in UTF-8 with a byte order mark, without which spreadsheets
/// assume another encoding.
struct CSVLines: Sendable {
  /// The content of a field. A number is written as it is; text might have been typed by anybody.
  enum Field: Sendable, ExpressibleByStringLiteral {
    case text(String)
    case number(Double)
    case empty

    init(stringLiteral value: String) { self = .text(value) }
    init(_ text: String?) { self = text.map { .text($0) } ?? .empty }
    init(_ number: Double?) { self = number.map { .number($0) } ?? .empty }
  }

  private(set) var text: String

  /// - Parameter isBeginning: `false` for lines appended to an existing file.
  init(isBeginning: Bool = true) { text = isBeginning ? "\u{FEFF}" : "" }

  mutating func add(_ fields: [Field]) {
    text += fields.map(\.written).joined(separator: ",")
    text += "\r\n"
  }
}

extension CSVLines.Field {
  fileprivate var written: String {
    switch self {
    case .empty: "\"\""
    case .number(let number):
      "\"\(number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)")\""
    case .text(let text): Self.quoted(text)
    }
  }

  /// Every field is quoted, scalar by scalar: as Characters, a quote with a combining mark is not a quote, and a
  /// carriage return with a line feed is one.
  private static func quoted(_ field: String) -> String {
    var quoted = "\""
    // A spreadsheet must not take typed text for a formula.
    if beginsLikeAFormula(field) { quoted += "'" }
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// Spreadsheets treat full-width signs like their ordinary forms, skip invisible characters before them, and some
  /// split a field at a tab or a line break.
  private static func beginsLikeAFormula(_ field: String) -> Bool {
    guard let first = field.unicodeScalars.first else { return false }
    if "\t\r\n".unicodeScalars.contains(first) { return true }
    let seen = field.unicodeScalars.first {
      !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint
    }
    return seen.map { "=+-@＝＋－＠".unicodeScalars.contains($0) } ?? false
  }
}
