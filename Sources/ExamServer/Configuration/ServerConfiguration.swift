import Configuration
import ExamModel
import Foundation
import SystemPackage
import WebGateway

/// Every setting, validated. `docs/configuration.md` explains what each key means.
public struct ServerConfiguration: Sendable {
  /// The address to listen on.
  public var host: String
  /// The TCP port; 0 takes any free one.
  public var port: Int
  public var dataFolder: String
  public var webFolder: String
  public var pipelinesFolder: String
  public var modelsFolder: String
  /// Digests of models that an operator uses instead of the known ones, in lower case.
  public var centerFaceSHA256: String?
  public var blazeFaceSHA256: String?
  /// Whose inference runs them.
  public var faceBackend: FaceBackend
  /// Required to create a session, if set; from `teacher_password` or the file `teacher_password_file`.
  public var teacherPassword: String?
  /// The address people use, if it differs from the one listened on.
  public var publicURL: PublicURL?
  /// Host names accepted besides loopback, the address listened on and that of `publicURL`.
  public var allowedHosts: [String]
  /// Proxies that are trusted to name the client.
  public var trustedProxies: [IPNetwork]
  /// The header in which they do so.
  public var forwardedHeader: ForwardedHeader
  /// PEM files; both or neither.
  public var certificate: String?
  public var privateKey: String?
  /// Create and use a certificate for a trial.
  public var selfSigned: Bool
  /// Origins besides the server's own from which a page may open a socket.
  public var allowedOrigins: [String]
  /// Face checks per second for each student.
  public var checksPerSecond: Double
  /// Threads for face checks; 0 chooses by the number of cores.
  public var checkWorkers: Int
  public var maximumSessions: Int
  /// Students of one session; teachers have places of their own.
  public var maximumParticipants: Int
  /// Of one session's journal, beyond which anything people write freely is refused.
  public var maximumJournalMegabytes: Double
  /// Pictures of alerts kept for one session, and for all.
  public var maximumExamPictures: Int
  public var maximumExamPictureMegabytes: Double
  public var maximumPictures: Int
  public var maximumPictureMegabytes: Double
  /// Size at which `server.log` is rotated.
  public var maximumLogMegabytes: Double
  /// Rotated logs that are kept.
  public var oldLogs: Int
  /// Maximum pictures per second on the wall, whatever a page asks for.
  public var maximumTileRate: Double
  /// Hours after which a session without any connection ends by itself.
  public var sessionIdleHours: Double
  /// Days for which a session's data are kept after its end.
  public var retentionDays: Double
  var retention: Duration { .seconds(retentionDays * 24 * 3600) }
  /// Move an unreadable database aside and start a new one.
  public var freshDatabase: Bool
  public var alerts: AlertRules

  /// A setting that cannot be used.
  public struct InvalidSetting: Error, CustomStringConvertible {
    public let key: String
    public let problem: String
    public var description: String { "setting \(key): \(problem)" }
  }

  /// Reads the settings; the first source that has a key wins: `overrides` (the command line), environment variables
  /// (`EXAM_MONITORING_PORT` for `port`), the YAML file, the defaults.
  ///
  /// - Throws: `InvalidSetting`, or the error of the file's reader.
  public static func load(
    overrides: [String: String], file: String?, environment: [String: String]
  ) async throws -> ServerConfiguration {
    // A provider of environment variables parses text as whatever type is requested, which suits all three.
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(environmentVariables: overrides.asVariables),
      EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: ["exam", "monitoring"]
      ),
    ]
    if let file {
      do {
        providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        try KnownSettings.check(file, known: Set(Self.defaults.keys))
      } catch let unknown as InvalidSetting {
        throw unknown
      } catch {
        throw InvalidSetting(key: "config", problem: "cannot use \(file): \(error)")
      }
    }
    try KnownSettings.check(environment: environment, known: Set(Self.defaults.keys))
    providers.append(EnvironmentVariablesProvider(environmentVariables: Self.defaults.asVariables))
    return try ServerConfiguration(reader: ConfigReader(providers: providers))
  }

  /// Every key with its default, as text.
  static let defaults: [String: String] = {
    var defaults = [
      "host": "127.0.0.1", "port": "8080", "data_dir": "data", "web_dir": "Web", "pipelines_dir": "Pipelines",
      "models_dir": "Models", "centerface_sha256": "", "blazeface_sha256": "",
      "face_backend": FaceBackend.auto.rawValue, "teacher_password": "",
      "teacher_password_file": "", "certificate": "",
      "private_key": "", "self_signed": "false", "public_url": "", "allowed_hosts": "", "allowed_origins": "",
      "trusted_proxies": "", "forwarded_header": ForwardedHeader.xForwardedFor.rawValue,
      "checks_per_second": "2", "check_workers": "0", "maximum_sessions": "50", "maximum_participants": "250",
      "maximum_exam_pictures": "5000", "maximum_exam_picture_megabytes": "500", "maximum_pictures": "200000",
      "maximum_picture_megabytes": "20000", "maximum_journal_megabytes": "64", "maximum_log_megabytes": "20",
      "old_logs": "5",
      "maximum_tile_rate": "5", "session_idle_hours": "12", "retention_days": "30", "fresh_database": "false",
    ]
    for (kind, rule) in AlertRules.standard.rules {
      defaults["alerts.\(kind.rawValue).window"] = String(rule.window.inSeconds)
      defaults["alerts.\(kind.rawValue).share"] = String(rule.share)
      defaults["alerts.\(kind.rawValue).good_looks"] = String(rule.goodLooks)
      defaults["alerts.\(kind.rawValue).clear_after"] = String(rule.clearAfter.inSeconds)
      defaults["alerts.\(kind.rawValue).cooldown"] = String(rule.cooldown.inSeconds)
      defaults["alerts.\(kind.rawValue).limit"] = rule.limit.map { String($0) }
    }
    for setting in PictureThresholds.settings {
      defaults["pictures.\(setting.name)"] = String(AlertRules.standard.pictures[keyPath: setting.field])
    }
    return defaults
  }()

  private init(reader: ConfigReader) throws {
    func read<Value>(_ key: ConfigKey, as type: String, _ value: (ConfigKey) throws -> Value) throws -> Value
    {
      do {
        return try value(key)
      } catch {
        throw InvalidSetting(key: "\(key)", problem: "is not \(type)")
      }
    }
    func bounded<Value: Comparable>(_ key: ConfigKey, _ value: Value, in range: ClosedRange<Value>) throws
      -> Value
    {
      guard range.contains(value) else {
        throw InvalidSetting(
          key: "\(key)", problem: "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    func text(_ key: ConfigKey) throws -> String {
      try read(key, as: "a text") { try reader.requiredString(forKey: $0) }
    }
    func optionalText(_ key: ConfigKey) throws -> String? {
      let text = try text(key)
      return text.isEmpty ? nil : text
    }
    func number(_ key: ConfigKey, in range: ClosedRange<Double>) throws -> Double {
      try bounded(key, try read(key, as: "a number") { try reader.requiredDouble(forKey: $0) }, in: range)
    }
    func whole(_ key: ConfigKey, in range: ClosedRange<Int>) throws -> Int {
      try bounded(key, try read(key, as: "a whole number") { try reader.requiredInt(forKey: $0) }, in: range)
    }
    host = try text("host")
    port = try whole("port", in: 0...65535)
    dataFolder = try text("data_dir")
    webFolder = try text("web_dir")
    pipelinesFolder = try text("pipelines_dir")
    modelsFolder = try text("models_dir")
    func digest(_ key: ConfigKey) throws -> String? {
      guard let digest = try optionalText(key)?.lowercased() else { return nil }
      guard digest.wholeMatch(of: /[0-9a-f]{64}/) != nil else {
        throw InvalidSetting(
          key: "\(key)", problem: "is a SHA-256, 64 hexadecimal digits (`sha256sum` tells it), not \(digest)")
      }
      return digest
    }
    centerFaceSHA256 = try digest("centerface_sha256")
    blazeFaceSHA256 = try digest("blazeface_sha256")
    faceBackend = try choice("face_backend")
    teacherPassword = try TeacherPassword.read(
      text: optionalText("teacher_password"), file: optionalText("teacher_password_file"))
    certificate = try optionalText("certificate")
    privateKey = try optionalText("private_key")
    selfSigned = try read("self_signed", as: "true or false") { try reader.requiredBool(forKey: $0) }
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ key: ConfigKey) throws -> Value {
      let text = try text(key)
      guard let value = Value(rawValue: text.lowercased()) else {
        throw InvalidSetting(
          key: "\(key)",
          problem: "is \(Value.allCases.map(\.rawValue).joined(separator: " or ")), not \(text)")
      }
      return value
    }
    func list<Value>(_ key: ConfigKey, of what: String, _ value: (String) -> Value?) throws -> [Value] {
      try text(key).split(separator: ",").map { item in
        let item = item.trimmingCharacters(in: .whitespaces)
        guard let value = value(item) else {
          throw InvalidSetting(key: "\(key)", problem: "\(item) is not \(what)")
        }
        return value
      }
    }
    publicURL = try optionalText("public_url").map { text in
      do {
        return try PublicURL(text)
      } catch {
        throw InvalidSetting(key: "public_url", problem: "\(text) \(error)")
      }
    }
    allowedHosts = try list("allowed_hosts", of: "a name or an address without scheme, port and path") {
      WebOrigin("http://\($0)")?.port == 80 ? $0 : nil
    }
    allowedOrigins = try list("allowed_origins", of: "an origin such as https://wall.example") {
      WebOrigin($0)?.description
    }
    trustedProxies = try list(
      "trusted_proxies",
      of: "an address or a network such as 10.0.0.0/8 (no bits may be set behind its prefix)"
    ) { IPNetwork($0) }
    forwardedHeader = try choice("forwarded_header")
    checksPerSecond = try number("checks_per_second", in: 0.2...10)
    checkWorkers = try whole("check_workers", in: 0...64)
    maximumSessions = try whole("maximum_sessions", in: 1...10_000)
    maximumParticipants = try whole("maximum_participants", in: 2...5_000)
    maximumJournalMegabytes = try number("maximum_journal_megabytes", in: 0.1...100_000)
    maximumExamPictures = try whole("maximum_exam_pictures", in: 1...10_000_000)
    maximumExamPictureMegabytes = try number("maximum_exam_picture_megabytes", in: 0.01...10_000_000)
    maximumPictures = try whole("maximum_pictures", in: 1...10_000_000)
    maximumPictureMegabytes = try number("maximum_picture_megabytes", in: 0.01...10_000_000)
    maximumLogMegabytes = try number("maximum_log_megabytes", in: 0.01...100_000)
    oldLogs = try whole("old_logs", in: 1...100)
    maximumTileRate = try number("maximum_tile_rate", in: 0.1...30)

    sessionIdleHours = try number("session_idle_hours", in: 0.001...720)
    retentionDays = try number("retention_days", in: 0.01...3650)
    freshDatabase = try read("fresh_database", as: "true or false") { try reader.requiredBool(forKey: $0) }

    alerts = .standard
    for (kind, standard) in AlertRules.standard.rules {
      var rule = standard
      let seconds = 0.0...3600.0
      rule.window = .seconds(try number(["alerts", kind.rawValue, "window"], in: seconds))
      rule.share = try number(["alerts", kind.rawValue, "share"], in: 0.01...1)
      rule.goodLooks = try whole(["alerts", kind.rawValue, "good_looks"], in: 1...100)
      rule.clearAfter = .seconds(try number(["alerts", kind.rawValue, "clear_after"], in: seconds))
      rule.cooldown = .seconds(try number(["alerts", kind.rawValue, "cooldown"], in: seconds))
      if standard.limit != nil { rule.limit = try number(["alerts", kind.rawValue, "limit"], in: 0...180) }
      alerts.rules[kind] = rule
    }
    for setting in PictureThresholds.settings {
      alerts.pictures[keyPath: setting.field] = try number(["pictures", setting.name], in: setting.range)
    }
    try checkSecurity()
  }

  /// Pictures kept of one student's alerts in one session.
  var maximumPicturesOfStudent: Int { max(1, maximumExamPictures / 10) }

  /// A server that others can reach must require a password from teachers and encrypt: browsers allow the camera only
  /// on https and localhost.
  private func checkSecurity() throws {
    if (certificate == nil) != (privateKey == nil) {
      throw InvalidSetting(
        key: certificate == nil ? "certificate" : "private_key",
        problem: "certificate and private_key go together")
    }
    if selfSigned, certificate != nil {
      throw InvalidSetting(
        key: "self_signed", problem: "there is a certificate already; use one or the other")
    }
    let isLoopback = host == "::1" || host == "localhost" || host.hasPrefix("127.")
    guard !isLoopback else { return }
    guard teacherPassword != nil else {
      throw InvalidSetting(
        key: "teacher_password",
        problem:
          "needed when listening on \(host): without it anybody who reaches the server could create a session"
      )
    }
    guard certificate != nil || selfSigned || !trustedProxies.isEmpty else {
      throw InvalidSetting(
        key: "certificate",
        problem:
          "needed when listening on \(host): give certificate and private_key, or trusted_proxies where a proxy "
          + "encrypts, or --self-signed for a trial; browsers refuse the camera to pages that are neither encrypted "
          + "nor on localhost")
    }
  }
}

extension [String: String] {
  /// `alerts.face_missing.window` as `ALERTS_FACE_MISSING_WINDOW`.
  fileprivate var asVariables: [String: String] {
    Dictionary(uniqueKeysWithValues: map { ($0.key.uppercased().replacing(".", with: "_"), $0.value) })
  }
}
