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

  /// Takes over what needs no restart. Reads the password's file on the calling thread; one caller at a time.
  ///
  /// - Throws: `InvalidSettings` if that cannot be used with what stays as it is, and then nothing has changed.
  func adopt(_ fresh: ServerConfiguration) throws -> Changes {
    let current = now
    var (values, changes) = (current.values, Changes())
    for setting in SettingTable.all {
      let isOther = current.values[setting.key]?.text != fresh.values[setting.key]?.text
      if setting.effect == .restart {
        if isOther { changes.waiting.append(setting.key) }
      } else {
        values[setting.key] = fresh.values[setting.key]
        // A file may have another password in it than before.
        let isOtherPassword =
          setting.key == "teacher_password_file" && fresh.teacherPassword != current.teacherPassword
          && !changes.adopted.contains("teacher_password")
        if isOther || isOtherPassword { changes.adopted.append(setting.key) }
      }
    }
    // Not while the lock is held: it reads a file.
    let next = try ServerConfiguration(values: values)
    state.withLock { $0 = next }
    return changes
  }
}
