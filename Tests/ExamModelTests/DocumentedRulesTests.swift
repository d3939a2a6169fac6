import Foundation
import Testing

@testable import ExamModel

/// What docs/protocol.md says of alerts is what the server does.
@Suite struct DocumentedRulesTests {
  /// The line of each kind in the table of alerts, by the kind's name.
  private func lines() throws -> [String: String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
    let table = try #require(text.split(separator: "| kind | confirmed after | severity |").last)
    return Dictionary(
      uniqueKeysWithValues: AlertKind.allCases.compactMap { kind in
        table.split(separator: "\n").first { $0.hasPrefix("| `\(kind.rawValue)` |") }.map {
          (kind.rawValue, String($0))
        }
      })
  }

  @Test(arguments: AlertKind.allCases) func everyRuleIsAsTheProtocolSays(kind: AlertKind) throws {
    let line = try #require(lines()[kind.rawValue])
    let rule = try #require(AlertRules.standard.rules[kind])
    #expect(line.hasSuffix("| \(rule.severity.rawValue) |"))
    let window = rule.window == .zero ? "at once" : "\(Int(rule.window.inSeconds)) s"
    #expect(line.contains("| \(window)"))
    if rule.share < 1 { #expect(line.contains("\(Int((rule.share * 100).rounded())) % of checks")) }
    if kind == .lookingAway, let limit = rule.limit { #expect(line.contains("\(Int(limit)) degrees")) }
  }
}
