import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// The table of settings is what the server reads, and what its reference says.
@Suite struct SettingTableTests {
  private static let reference = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/exam-monitoring.yaml")

  @Test func theReferenceIsWhatTheTableSays() throws {
    let text = try String(contentsOf: Self.reference, encoding: .utf8)
    #expect(text == SettingReference.text(), "`make settings` writes docs/exam-monitoring.yaml anew")
  }

  /// As it is, it changes nothing; without the # every line is a setting at its default.
  @Test func theReferenceIsAFileOfSettings() throws {
    let commented = try SettingSources(environment: [:], file: Self.reference.path).load()
    #expect(commented.values.values.allSatisfy { $0.origin == .standard })
    let text = try String(contentsOf: Self.reference, encoding: .utf8)
    let open = text.replacing(/(?m)^#([a-z_0-9.]+: )/) { $0.1 }
    let file = try Self.temporary(open)
    let loaded = try SettingSources(environment: [:], file: file).load()
    for setting in SettingTable.all {
      let value = loaded.values[setting.key]
      #expect(value?.text == setting.standard, "\(setting.key)")
      #expect(value?.origin != .standard, "\(setting.key) is not in the reference")
    }
    #expect(loaded.alerts == .standard)
  }

  @Test func everyNumberSaysItsUnitAndWhatRaisingItChanges() {
    for setting in SettingTable.all {
      #expect(setting.meaning.hasSuffix("."), "\(setting.key)")
      switch setting.kind {
      case .whole where setting.key == "port": break
      case .whole: #expect(setting.unit != nil && setting.whenRaised != nil, "\(setting.key)")
      case .number(let range):
        #expect(setting.whenRaised != nil && (setting.unit != nil || range.upperBound == 1), "\(setting.key)")
      default: #expect(setting.unit == nil && setting.whenRaised == nil, "\(setting.key)")
      }
    }
  }

  @Test func everyNumberIsTakenWithinItsBoundsAlone() throws {
    for setting in SettingTable.all {
      let (inside, outside): ([String], [String])
      switch setting.kind {
      case .whole(let range):
        (inside, outside) = (
          ["\(range.lowerBound)", "\(range.upperBound)"],
          ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "1.5", "", "many", "9999999999999999999999"]
        )
      case .number(let range):
        (inside, outside) = (
          ["\(range.lowerBound)", "\(range.upperBound)", "1e0"],
          ["\(range.lowerBound - 0.001)", "\(range.upperBound + 0.001)", "nan", "inf", "", "many"]
        )
      case .flag: (inside, outside) = (["true", "False", "yes", "0"], ["", "perhaps"])
      case .choice(let words): (inside, outside) = (words + words.map { $0.uppercased() }, ["", "other"])
      default: continue
      }
      for text in inside { _ = try Self.load([setting.key: text]) }
      for text in outside {
        let told = #expect(throws: ServerConfiguration.InvalidSettings.self, "\(setting.key): \(text)") {
          try Self.load([setting.key: text])
        }
        #expect(told?.problems.map(\.key) == [setting.key])
      }
    }
  }

  static func load(_ settings: [String: String]) throws -> ServerConfiguration {
    try SettingSources(commandLine: settings, environment: [:], file: nil).load()
  }

  /// The path of a file with this text.
  static func temporary(_ text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    try text.write(to: url, atomically: true, encoding: .utf8)
    return url.path
  }
}
