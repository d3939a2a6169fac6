import Foundation

/// The texts of pages and reports, from `Web/text/en.json` in i18next's format. Of that it supports what a report
/// in English needs: nested groups, `{{name}}` for interpolation, and the plural forms `_one` and `_other`.
/// Contexts, formats and marks are only for the pages. `Tests/Pages/text_check.py` makes sure that every key in use exists
/// and gets what it needs; a missing one is shown as its key, like in i18next.
struct TextCatalogue: Sendable {
  /// Why a file is not a catalogue.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private enum Piece {
    case text(String)
    case value(String)
  }

  /// That of the pages has 40 kB.
  static let maximumBytes = 1_000_000

  /// By key, such as `report.session.code`.
  private let texts: [String: [Piece]]

  init(_ json: Data) throws {
    guard json.count <= Self.maximumBytes else {
      throw Fault(description: "has more than \(Self.maximumBytes / 1_000_000) MB")
    }
    var texts: [String: [Piece]] = [:]
    func read(_ node: Any, _ key: String) throws {
      if let group = node as? [String: Any] {
        for (name, inner) in group { try read(inner, key.isEmpty ? name : "\(key).\(name)") }
      } else {
        guard let text = node as? String, let pieces = Self.pieces(text) else {
          throw Fault(description: "has no text with whole placeholders at \(key.isEmpty ? "its top" : key)")
        }
        texts[key] = pieces
      }
    }
    try read(try JSONSerialization.jsonObject(with: json), "")
    self.texts = texts
  }

  /// `nil` if braces are unbalanced.
  private static func pieces(_ text: String) -> [Piece]? {
    let parts = text.components(separatedBy: "{{")
    var pieces = [Piece.text(parts[0])]
    for part in parts.dropFirst() {
      let halves = part.components(separatedBy: "}}")
      guard halves.count == 2 else { return nil }
      pieces += [.value(halves[0].trimmingCharacters(in: .whitespaces)), .text(halves[1])]
    }
    return parts[0].contains("}}") ? nil : pieces
  }

  func callAsFunction(_ key: String, count: Int? = nil, _ values: [String: String] = [:]) -> String {
    filled(key, count, values) { $0 }.joined()
  }

  /// As markup: the texts are escaped, and each value is used as it is.
  func html(_ key: String, _ values: [String: HTML]) -> HTML {
    "\(filled(key, nil, values) { "\($0)" })"
  }

  private func filled<Text>(
    _ key: String, _ count: Int?, _ values: [String: Text], _ text: (String) -> Text
  ) -> [Text] {
    let form = count.map { "\(key)_\($0 == 1 ? "one" : "other")" } ?? key
    return (texts[form] ?? [.text(form)]).map { piece in
      switch piece {
      case .text(let words): text(words)
      case .value("count"): text(count.map(String.init) ?? "")
      case .value(let name): values[name] ?? text(name)
      }
    }
  }
}
