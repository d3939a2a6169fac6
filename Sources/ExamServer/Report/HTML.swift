/// A piece of HTML. Anything interpolated into it is text and gets escaped, unless it is HTML itself, so nothing that
/// somebody typed ends up as markup.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  private(set) var text: String

  init(stringLiteral value: String) { text = value }
  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  static func += (left: inout HTML, right: HTML) { left.text += right.text }

  /// Text typed by a person, kept from changing the direction of the text around it.
  static func typed(_ text: String) -> HTML { "<bdi>\(text)</bdi>" }

  struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ html: HTML) { text += html.text }
    mutating func appendInterpolation(_ html: [HTML]) {
      for piece in html { text += piece.text }
    }
    mutating func appendInterpolation(_ number: Int) { text += String(number) }
    mutating func appendInterpolation(_ plain: String) { text.appendEscaped(plain) }
    /// Text known to contain nothing that needs escaping, such as Base64.
    mutating func appendInterpolation(verbatim: String) { text += verbatim }
  }
}

extension String {
  /// Appends `text` scalar by scalar: as a Character, a bracket with a combining mark is not a bracket.
  fileprivate mutating func appendEscaped(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": self += "&amp;"
      case "<": self += "&lt;"
      case ">": self += "&gt;"
      case "\"": self += "&quot;"
      case "'": self += "&#39;"
      // Marks that turn the direction of everything that follows, even outside of the element.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
      case "\n", "\t": unicodeScalars.append(scalar)
      // Control characters that a document must not contain.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": self += "\u{FFFD}"
      default: unicodeScalars.append(scalar)
      }
    }
  }
}
