/// Text as CSV (RFC 4180): lines of fields, ended by CR LF, in UTF-8 with a byte order mark, without which a spreadsheet
/// takes it for another encoding.
struct CSVLines: Sendable {
  /// What a field holds. A number is written as it is; whatever is text might have been typed by somebody.
  enum Field: Sendable, ExpressibleByStringLiteral {
    case text(String)
    case number(Double)
    case empty

    init(stringLiteral value: String) { self = .text(value) }
    init(_ text: String?) { self = text.map { .text($0) } ?? .empty }
    init(_ number: Double?) { self = number.map { .number($0) } ?? .empty }
  }

  private(set) var text: String

  /// - Parameter isBeginning: `false` for lines that are added to a file that has begun.
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

  /// Every field is quoted, scalar by scalar: as a Character, a quote and a mark that combines with it are something
  /// else than a quote, and a carriage return and a line feed are one.
  private static func quoted(_ field: String) -> String {
    var quoted = "\""
    // A spreadsheet must not take what somebody typed for a formula.
    if beginsLikeAFormula(field) { quoted += "'" }
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// Spreadsheets take the full-width forms for the signs that they are forms of, pass over what shows nothing before
  /// them, and some cut a field at a tab or a line break.
  private static func beginsLikeAFormula(_ field: String) -> Bool {
    guard let first = field.unicodeScalars.first else { return false }
    if "\t\r\n".unicodeScalars.contains(first) { return true }
    let seen = field.unicodeScalars.first {
      !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint
    }
    return seen.map { "=+-@＝＋－＠".unicodeScalars.contains($0) } ?? false
  }
}
