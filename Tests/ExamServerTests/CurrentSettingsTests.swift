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

  /// The address waits for a restart, so the password has to stay, too.
  @Test func whatContradictsTheRestIsRefusedAndNothingChanges() throws {
    let open = [
      "host": "0.0.0.0", "teacher_password": "correct horse", "trusted_proxies": "10.0.0.1", "old_logs": "3",
    ]
    let settings = CurrentSettings(try SettingTableTests.load(open))
    let told = #expect(throws: ServerConfiguration.InvalidSettings.self) {
      try settings.adopt(try SettingTableTests.load(["maximum_sessions": "3"]))
    }
    #expect(told?.problems.map(\.key) == ["teacher_password"])
    #expect(settings.now.teacherPassword == "correct horse" && settings.now.maximumSessions == 50)
  }
}
