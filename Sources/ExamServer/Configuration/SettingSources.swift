/// Where a setting's value was written.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
  case commandLine
  /// With the variable's name.
  case environment(String)
  case file(String, line: Int)
  case standard

  public var description: String {
    switch self {
    case .commandLine: "the command line"
    case .environment(let variable): "\(variable) in the environment"
    case .file(let path, let line): "\(path), line \(line)"
    case .standard: "default"
    }
  }
}

/// A setting's value before it is read as what it is.
struct SettingValue: Sendable, Hashable {
  let text: String
  let origin: SettingOrigin
}

/// What an operator has written: the first of the command line, the environment and the file that has a setting wins, and else
/// the default applies.
public struct SettingSources: Sendable {
  private let commandLine: [String: String]
  private let environment: [String: String]
  private let file: String?

  /// - Parameters:
  ///   - commandLine: by key.
  ///   - environment: all of it.
  ///   - file: a YAML file.
  public init(commandLine: [String: String] = [:], environment: [String: String], file: String?) {
    self.commandLine = commandLine
    self.environment = environment
    self.file = file
  }

  /// Reads everything anew, on the calling thread.
  ///
  /// - Throws: `InvalidSettings` with all that is wrong.
  public func load() throws -> ServerConfiguration {
    var problems: [ServerConfiguration.InvalidSetting] = []
    let values = values(&problems)
    return try ServerConfiguration(values: values, problems: problems)
  }

  private func values(_ problems: inout [ServerConfiguration.InvalidSetting]) -> [String: SettingValue] {
    var values = SettingTable.all.reduce(into: [String: SettingValue]()) {
      $0[$1.key] = SettingValue(text: $1.standard, origin: .standard)
    }
    if let file {
      do {
        for entry in try SettingsFile(path: file).entries {
          let origin = SettingOrigin.file(file, line: entry.line)
          guard let setting = SettingTable.byKey[entry.key] else {
            // A heading with nothing below it says nothing.
            let isHeading = SettingTable.all.contains { $0.key.hasPrefix(entry.key + ".") }
            if isHeading, [.none, .section].contains(entry.value) { continue }
            problems.append(.unknown(entry.key, among: SettingTable.all.map(\.key), origin))
            continue
          }
          switch entry.value {
          case .none: continue
          case .text(let text): values[entry.key] = SettingValue(text: text, origin: origin)
          case .list(let text) where setting.kind == .list:
            values[entry.key] = SettingValue(text: text, origin: origin)
          case .list:
            problems.append(.init(key: entry.key, problem: "is a list, and takes one value", origin: origin))
          case .section:
            problems.append(.init(key: entry.key, problem: "is a heading, and takes a value", origin: origin))
          }
        }
      } catch {
        problems.append(.init(key: "config", problem: "cannot use \(file): \(error)"))
      }
    }
    for setting in SettingTable.all {
      guard let text = environment[setting.variable] else { continue }
      values[setting.key] = SettingValue(text: text, origin: .environment(setting.variable))
    }
    // Every variable that begins with the prefix is meant to be a setting.
    let variables = Set(SettingTable.all.map(\.variable))
    for name in environment.keys.sorted() where name.hasPrefix(Setting.prefix) && !variables.contains(name) {
      problems.append(.unknown(name, among: Array(variables), .environment(name)))
    }
    for (key, text) in commandLine {
      precondition(SettingTable.byKey[key] != nil, "the command line has no setting \(key)")
      values[key] = SettingValue(text: text, origin: .commandLine)
    }
    return values
  }
}
