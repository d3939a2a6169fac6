import ExamModel
import Foundation
import Testing

@testable import ExamServer

/// What a signal brings into force, and what has to wait for a restart.
@Suite struct CurrentSettingsTests {
  /// Another value that may stand alone.
  private static func other(_ setting: Setting) throws -> String {
    switch setting.key {
    case "host": return "127.0.0.2"
    case "teacher_password": return "correct horse"
    case "teacher_password_file": return try SettingTableTests.temporary("correct horse\n")
    case "public_url": return "https://school.example/exam/"
    case "allowed_origins": return "https://wall.example"
    case "trusted_proxies", "allowed_hosts": return "10.0.0.1"
    case "centerface_sha256", "blazeface_sha256": return String(repeating: "a", count: 64)
    default: break
    }
    switch setting.kind {
    case .flag: return setting.standard == "true" ? "false" : "true"
    case .choice(let words): return try #require(words.first { $0 != setting.standard })
    case .whole(let range):
      return Int(setting.standard) == range.lowerBound ? "\(range.lowerBound + 1)" : "\(range.lowerBound)"
    case .number(let range):
      return Double(setting.standard) == range.upperBound ? "\(range.lowerBound)" : "\(range.upperBound)"
    default: return "elsewhere"
    }
  }

  /// What the server reads where it is used, and not once at the start.
  @Test func whatNeedsNoRestartIsWrittenDown() {
    func keys(_ effect: Setting.Effect) -> [String] {
      SettingTable.all.filter { $0.effect == effect }.map(\.key).filter {
        !$0.hasPrefix("alerts.") && !$0.hasPrefix("pictures.")
      }
    }
    #expect(
      keys(.reload) == [
        "teacher_password", "teacher_password_file", "maximum_sessions", "session_idle_hours",
        "retention_days",
      ])
    #expect(keys(.newExams) == ["maximum_participants", "maximum_tile_rate", "maximum_journal_megabytes"])
    let rules = SettingTable.all.filter { $0.key.hasPrefix("alerts.") || $0.key.hasPrefix("pictures.") }
    #expect(rules.count > 50 && rules.allSatisfy { $0.effect == .newExams })
  }

  @Test func everySettingIsTakenOverOrWaitsAsItsTableSays() throws {
    for setting in SettingTable.all where !["certificate", "private_key"].contains(setting.key) {
      let settings = CurrentSettings(try SettingTableTests.load([:]))
      let value = try Self.other(setting)
      let changes = try settings.adopt(try SettingTableTests.load([setting.key: value]))
      let waits = setting.effect == .restart
      #expect(changes == .init(adopted: waits ? [] : [setting.key], waiting: waits ? [setting.key] : []))
      #expect(settings.now.values[setting.key]?.text == (waits ? setting.standard : value))
      // Once more it is no news, but for what still waits.
      #expect(try settings.adopt(try SettingTableTests.load([setting.key: value])).adopted == [])
    }
  }

  @Test func whatIsTakenOverIsInForce() throws {
    let settings = CurrentSettings(try SettingTableTests.load([:]))
    _ = try settings.adopt(
      try SettingTableTests.load([
        "maximum_sessions": "7", "retention_days": "2", "alerts.face_missing.window": "9", "port": "1",
        "teacher_password": "correct horse",
      ]))
    let now = settings.now
    #expect((now.maximumSessions, now.retentionDays, now.port) == (7, 2, 8080))
    #expect(now.alerts.rules[.faceMissing]?.window == .seconds(9) && now.teacherPassword == "correct horse")
  }

  @Test func anotherPasswordInTheSameFileIsNoticed() throws {
    let path = try SettingTableTests.temporary("correct horse\n")
    let settings = CurrentSettings(try SettingTableTests.load(["teacher_password_file": path]))
    try Data("battery staple\n".utf8).write(to: URL(filePath: path))
    let changes = try settings.adopt(try SettingTableTests.load(["teacher_password_file": path]))
    #expect(
      changes == .init(adopted: ["teacher_password_file"]) && settings.now.teacherPassword == "battery staple"
    )
  }

  /// Whoever takes the password away by mistake would open the server to everybody.
  @Test func thatNoPasswordIsNeededWaitsForARestart() throws {
    let settings = CurrentSettings(try SettingTableTests.load(["teacher_password": "correct horse"]))
    let changes = try settings.adopt(try SettingTableTests.load(["maximum_sessions": "3"]))
    #expect(changes == .init(adopted: ["maximum_sessions"], waiting: ["teacher_password"]))
    #expect(settings.now.teacherPassword == "correct horse" && settings.now.maximumSessions == 3)
  }

  @Test func aFileThatHasNoSettingsAnyMoreChangesNothing() throws {
    let path = try SettingTableTests.temporary("retention_days: 365\n")
    func load() throws -> ServerConfiguration { try SettingSources(environment: [:], file: path).load() }
    let settings = CurrentSettings(try load())
    try Data("# nothing\n".utf8).write(to: URL(filePath: path))
    let told = #expect(throws: ServerConfiguration.InvalidSettings.self) { try settings.adopt(try load()) }
    #expect(
      told?.description.contains("\(path) has no settings any more") == true
        && settings.now.retentionDays == 365)
    // A file that had none from the beginning may stay so.
    let empty = CurrentSettings(try load())
    #expect(try empty.adopt(try load()) == .init())
  }

  /// What is read anew is used with what stays as it is: a password that is moved to a file has to leave its old place.
  @Test func whatContradictsTheRestIsRefusedAndNothingChanges() throws {
    let settings = CurrentSettings(try SettingTableTests.load(["old_logs": "3"]))
    let path = try SettingTableTests.temporary("correct horse\n")
    let fresh = try SettingTableTests.load(["teacher_password_file": path, "maximum_sessions": "3"])
    try FileManager.default.removeItem(atPath: path)
    let told = #expect(throws: ServerConfiguration.InvalidSettings.self) { try settings.adopt(fresh) }
    #expect(told?.problems.map(\.key) == ["teacher_password_file"])
    #expect(settings.now.teacherPassword == nil && settings.now.maximumSessions == 50)
  }
}
