import Synchronization

/// The settings in force: those the server started with, and what of them was read anew since.
final class CurrentSettings: Sendable {
  private let state: Mutex<ServerConfiguration>

  init(_ configuration: ServerConfiguration) { state = Mutex(configuration) }

  var now: ServerConfiguration { state.withLock { $0 } }

  /// Keys whose values have changed, in the table's order.
  struct Changes: Equatable {
    /// In force from now on.
    var adopted: [String] = []
    /// Only a restart brings them into force.
    var waiting: [String] = []
  }

  private static let passwords = ["teacher_password", "teacher_password_file"]

  /// Takes over what needs no restart. Reads the password's file on the calling thread; one caller at a time.
  ///
  /// - Throws: `InvalidSettings` if it cannot be used with what stays as it is, and then nothing has changed.
  func adopt(_ fresh: ServerConfiguration) throws -> Changes {
    let current = now
    try Self.requireFile(of: fresh, since: current)
    // A file may have another password in it than before. That nobody needs one any more waits for a restart: whoever takes
    // it away by mistake would open the server.
    let isPasswordGone = current.teacherPassword != nil && fresh.teacherPassword == nil
    let isOtherPassword = current.teacherPassword != fresh.teacherPassword
    var (values, changes) = (current.values, Changes())
    for setting in SettingTable.all {
      let isOther = current.values[setting.key]?.text != fresh.values[setting.key]?.text
      if setting.effect == .restart || isPasswordGone && Self.passwords.contains(setting.key) {
        if isOther { changes.waiting.append(setting.key) }
      } else {
        values[setting.key] = fresh.values[setting.key]
        let isOtherInFile =
          setting.key == "teacher_password_file" && isOtherPassword
          && !changes.adopted.contains("teacher_password")
        if isOther || isOtherInFile { changes.adopted.append(setting.key) }
      }
    }
    // Not while the lock is held: it reads a file.
    let next = try ServerConfiguration(values: values)
    state.withLock { $0 = next }
    return changes
  }

  /// A file that had settings and has none is being written at this moment, or was lost.
  private static func requireFile(of fresh: ServerConfiguration, since current: ServerConfiguration) throws {
    func file(_ configuration: ServerConfiguration) -> String? {
      configuration.values.values.lazy.compactMap {
        if case .file(let path, _) = $0.origin { path } else { nil }
      }.first
    }
    guard let path = file(current), file(fresh) == nil else { return }
    throw ServerConfiguration.InvalidSettings(problems: [
      .init(
        key: "config", problem: "\(path) has no settings any more; start the server again if that is meant")
    ])
  }
}
