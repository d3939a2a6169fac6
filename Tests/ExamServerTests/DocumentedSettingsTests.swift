import Foundation
import Testing

@testable import ExamServer

/// Every setting is in the table of docs/configuration.md with its default, and no other.
@Suite struct DocumentedSettingsTests {
  /// By key, the default as the table has it; `nil` where that is said in other words. Those of alerts are `alerts.KIND.window`.
  private static func documented() throws -> [String: String?] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
    let table = try #require(
      text.components(separatedBy: "\n| key | default | meaning |\n").dropFirst().first)
    var settings: [String: String?] = [:]
    for row in table.split(separator: "\n", omittingEmptySubsequences: false).prefix(while: {
      $0.hasPrefix("|")
    }) {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let keys = cells[0].matches(of: /`([\w.]+)`/).map { String($0.1) }
      let values =
        cells[1] == "none" ? keys.map { _ in "" } : cells[1].matches(of: /`([^`]+)`/).map { String($0.1) }
      for (index, key) in keys.enumerated() {
        settings[key] = values.count == keys.count ? values[index] : nil as String?
      }
    }
    return settings
  }

  @Test func everySettingIsInTheTableWithItsDefault() throws {
    let documented = try Self.documented()
    let kinds = /^alerts\.\w+\./
    let keys = Set(ServerConfiguration.defaults.keys.map { $0.replacing(kinds, with: "alerts.KIND.") })
    #expect(keys.symmetricDifference(documented.keys).sorted() == [])
    for (key, value) in ServerConfiguration.defaults where key.firstMatch(of: kinds) == nil {
      guard let told = documented[key] ?? nil else { continue }
      let isSame = Double(value).map { $0 == Double(told) } ?? (told == value)
      #expect(isSame, "the default of \(key): \(value), not \(told)")
    }
  }

  /// One cooldown is documented for all kinds.
  @Test func everyKindHasTheCooldownOfTheTable() throws {
    let told = try #require(try Self.documented()["alerts.KIND.cooldown"] ?? nil)
    for (key, value) in ServerConfiguration.defaults where key.hasSuffix(".cooldown") {
      #expect(Double(value) == Double(told), "the default of \(key)")
    }
  }
}
