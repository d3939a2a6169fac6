import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// Where settings are from, and what is wrong with files of them.
@Suite struct SettingSourcesTests {
  private func load(_ file: String, environment: [String: String] = [:], commandLine: [String: String] = [:])
    throws -> (ServerConfiguration, path: String)
  {
    let path = try SettingTableTests.temporary(file)
    return (try SettingSources(commandLine: commandLine, environment: environment, file: path).load(), path)
  }

  private func problems(_ file: String) -> [String] {
    do {
      _ = try load(file)
      return []
    } catch let told as ServerConfiguration.InvalidSettings {
      return told.problems.map(\.description)
    } catch {
      return ["another error: \(error)"]
    }
  }

  @Test func eachValueKnowsWhereItWasWritten() throws {
    let (loaded, path) = try load(
      "port: 1\nold_logs: 2\nalerts:\n  face_missing:\n    window: 4\n",
      environment: ["EXAM_MONITORING_OLD_LOGS": "3"], commandLine: ["host": "127.0.0.2"])
    #expect(loaded.values["host"] == SettingValue(text: "127.0.0.2", origin: .commandLine))
    #expect(
      loaded.values["old_logs"] == SettingValue(text: "3", origin: .environment("EXAM_MONITORING_OLD_LOGS")))
    #expect(loaded.values["port"] == SettingValue(text: "1", origin: .file(path, line: 1)))
    #expect(
      loaded.values["alerts.face_missing.window"] == SettingValue(text: "4", origin: .file(path, line: 5)))
    #expect(loaded.values["data_dir"] == SettingValue(text: "data", origin: .standard))
  }

  @Test func listsAreWrittenEitherWay() throws {
    for text in [
      "trusted_proxies: 10.0.0.0/8, ::1", "trusted_proxies: [10.0.0.0/8, \"::1\"]",
      "trusted_proxies:\n  - 10.0.0.0/8\n  - ::1",
    ] {
      #expect(try load(text).0.trustedProxies.count == 2, "\(text)")
    }
    #expect(problems("port: [1, 2]").first?.contains("port: is a list, and takes one value") == true)
  }

  @Test func nothingToldIsEveryDefault() throws {
    for text in [
      "", "# nothing\n", "---\n", "alerts:\n", "alerts:\n  face_missing:\n", "alerts: {}\n",
      "port: ~\ncertificate: null\n",
    ] {
      #expect(try load(text).0.values.values.allSatisfy { $0.origin == .standard }, "\(text)")
    }
    #expect(problems("teacher_pasword: {}").first?.contains("did you mean teacher_password?") == true)
    #expect(problems("port: {}").first?.contains("port: is a heading, and takes a value") == true)
  }

  @Test func allThatIsWrongIsToldAtOnceWithItsPlace() {
    let told = problems(
      "port: 70000\nteacher_pasword: abc\nmaximum_sessions: many\nallowed_hosts: \"a:1, b:2\"\n")
    #expect(told.count == 5, "\(told)")
    for (part, line) in [
      ("port: 70000", 1), ("teacher_pasword", 2), ("many is not a whole", 3), ("a:1 is", 4),
    ] {
      #expect(told.contains { $0.contains(part) && $0.hasSuffix(", line \(line))") }, "\(part): \(told)")
    }
  }

  @Test func filesThatAreNoSettingsAreRefused() throws {
    // Each heading stands twice for the one before.
    let bomb = (1...40).reduce("a0: &a0 {}\n") { "\($0)a\($1): &a\($1) {x: *a\($1 - 1), y: *a\($1 - 1)}\n" }
    for (text, part) in [
      ("- port\n", "it has no settings"), ("port 8080", "it has no settings"),
      ("host: x\nport: [1", "line 3"),
      ("port: 1\nport: 2\n", "more than one port in what begins in line 1"),
      (
        "alerts.face_missing.window: 1\nalerts: {face_missing: {window: 2}}",
        "alerts.face_missing.window is in line 1 already"
      ),
      ((0..<6000).map { "key_\($0): 1\n" }.joined(), "more than 5000 settings"),
      (bomb, "more than 5000 settings"),
      (String(repeating: "#", count: SettingsFile.maximumBytes + 1), "at most 1 MiB"),
    ] {
      let told = problems(text)
      #expect(told.count == 1 && told[0].contains("setting config:") && told[0].contains(part), "\(told)")
    }
    let folder = FileManager.default.temporaryDirectory.path
    for path in ["/nowhere/exam.yaml", folder] {
      let told = #expect(throws: ServerConfiguration.InvalidSettings.self) {
        try SettingSources(environment: [:], file: path).load()
      }
      #expect(told?.problems.count == 1 && told?.description.contains("cannot use \(path)") == true)
    }
  }

  @Test func aPasswordIsNeverShown() throws {
    let (loaded, _) = try load("teacher_password: correct horse\nport: 1\nretention_days: 1.5")
    for isJSON in [false, true] {
      let shown = ConfigCommand.show(loaded, onlyChanged: false, asJSON: isJSON)
      #expect(!shown.contains("correct horse") && shown.contains("(hidden)"))
    }
    let changed = ConfigCommand.show(loaded, onlyChanged: true, asJSON: false)
    #expect(changed.split(separator: "\n").count == 3)
    #expect(changed.contains("retention_days: 1.5") && changed.contains("line 3"))
    let all = try JSONDecoder().decode(
      [[String: String?]].self, from: Data(ConfigCommand.show(loaded, onlyChanged: false, asJSON: true).utf8))
    #expect(all.count == SettingTable.all.count)
    #expect(all.first { $0["key"] == "retention_days" }?["default"] == "30")
  }
}
