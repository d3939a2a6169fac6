import FaceCheck
import Foundation

/// Shows and checks settings without starting the server.
public enum ConfigCommand {
  private static let hidden = "(hidden)"

  /// One setting, as `config show --json` tells it.
  private struct Shown: Encodable {
    let key: String
    let value: String
    let from: String
    let standard: String
    let unit: String?

    enum CodingKeys: String, CodingKey {
      case key, value, from, unit
      case standard = "default"
    }
  }

  /// Every setting's value and where it is from. Passwords are not shown.
  ///
  /// - Parameter onlyChanged: leaves out what is at its default.
  public static func show(_ configuration: ServerConfiguration, onlyChanged: Bool, asJSON: Bool) -> String {
    let shown = SettingTable.all.compactMap { setting -> Shown? in
      let value = configuration.values[setting.key]!
      if onlyChanged, value.origin == .standard { return nil }
      let isHidden = setting.kind == .secret && !value.text.isEmpty
      return Shown(
        key: setting.key, value: isHidden ? hidden : value.text, from: "\(value.origin)",
        standard: setting.standard, unit: setting.unit)
    }
    guard !asJSON else { return WireJSON.text(shown) + "\n" }
    let lines = shown.map { "\($0.key): \(SettingReference.written($0.value))" }
    let width = min(60, lines.map(\.count).max() ?? 0)
    return zip(lines, shown).map { line, setting -> String in
      "\(line)\(String(repeating: " ", count: max(0, width - line.count)))  # \(setting.from)\n"
    }.joined()
  }

  /// What else would keep the server from starting with these settings: folders and files that they name. The pipeline files
  /// are run by `pipelines check`, the certificate when the server starts.
  public static func problems(_ configuration: ServerConfiguration) -> [String] {
    var problems: [String] = []
    func attempt(_ work: () throws -> Void) {
      do { try work() } catch { problems.append("\(error)") }
    }
    func note(_ key: String, _ problem: String) {
      problems.append("\(ServerConfiguration.InvalidSetting(key: key, problem: problem))")
    }
    func requireFile(_ key: String, _ path: String?) {
      guard let path, access(path, R_OK) != 0 else { return }
      note(key, "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    attempt { _ = try WebFolder.read(configuration.webFolder) { _ in } }
    attempt { _ = try WebFolder.reportLook(configuration.webFolder) }
    attempt {
      var models = try FaceModels(folder: configuration.modelsFolder)
      try ModelCheck.require(&models, configuration) { _, _ in }
    }
    requireFile("pipelines_dir", configuration.pipelinesFolder)
    requireFile("certificate", configuration.certificate)
    requireFile("private_key", configuration.privateKey)
    if let problem = problem(withDataFolder: configuration.dataFolder) { note("data_dir", problem) }
    return problems
  }

  /// What is not there is made at the start, so the nearest folder above it matters.
  private static func problem(withDataFolder path: String) -> String? {
    guard !path.isEmpty else { return "it has to be the path of a folder" }
    let files = FileManager.default
    var folder = URL(fileURLWithPath: path)
    while !files.fileExists(atPath: folder.path), folder.path != "/" { folder.deleteLastPathComponent() }
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
      return "\(folder.path) is no folder"
    }
    guard access(folder.path, R_OK | W_OK | X_OK) != 0 else { return nil }
    return "\(folder.path) cannot be written: \(String(cString: strerror(errno)))"
  }
}
