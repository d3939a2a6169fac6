import Foundation
import Testing

@testable import ExamModel

/// The docs agree with the table of alert kinds.
@Suite struct DocumentedRulesTests {
  private static func document(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs/\(name)"), encoding: .utf8)
  }

  /// The cells of each kind in the table of alerts: name, when it is confirmed, severity, masks.
  private static func rows() throws -> [[String]] {
    let table = try #require(
      try document("protocol.md").split(separator: "| kind | confirmed after | severity | masks |").last)
    return table.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
      .prefix { $0.hasPrefix("|") }
      .map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
  }

  @Test func everyKindIsThereInTheTablesOrder() throws {
    #expect(try Self.rows().map { $0[0] } == AlertKind.allCases.map { "`\($0.rawValue)`" })
  }

  @Test(arguments: AlertKind.allCases) func everyRowIsAsTheProtocolSays(kind: AlertKind) throws {
    let cells = try #require(Self.rows().first { $0[0] == "`\(kind.rawValue)`" })
    let (row, rule) = (kind.row, kind.row.rule)
    #expect(cells[1].hasPrefix(rule.window == .zero ? "at once" : "\(Int(rule.window.inSeconds)) s"))
    #expect(cells[1].contains("% of checks") == (row.source == .picture))
    if rule.share < 1 { #expect(cells[1].contains("\(Int((rule.share * 100).rounded())) % of checks")) }
    if let measure = row.measure, let limit = rule.limit {
      let number = limit == limit.rounded() ? "\(Int(limit))" : "\(limit)"
      #expect(cells[1].contains("\(number) \(measure.unit == .degrees ? "degrees" : "of 255")"))
    }
    if case .page(let field, let bad, _) = row.source {
      #expect(
        cells[1].contains(
          "with `\(field)` " + bad.map { "`\($0)`" }.joined(separator: " or ")))
    }
    #expect(cells[2] == rule.severity.rawValue)
    #expect(cells[3] == row.masks.map { "`\($0.rawValue)`" }.joined(separator: ", "))
  }

  /// Only a kind that measures something has the setting.
  @Test(arguments: AlertKind.allCases) func everyLimitIsAmongTheSettings(kind: AlertKind) throws {
    let text = try Self.document("exam-monitoring.yaml")
    #expect(text.contains("\n#alerts.\(kind.rawValue).window: "))
    #expect(text.contains("\n#alerts.\(kind.rawValue).limit: ") == (kind.row.rule.limit != nil))
    #expect((kind.row.measure != nil) == (kind.row.rule.limit != nil))
  }
}
