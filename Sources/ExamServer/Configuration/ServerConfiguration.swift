import ExamModel
import Foundation
import WebGateway

/// Every setting, validated. `SettingTable` says what each means.
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

  /// Every setting as it was written, by key.
  let values: [String: SettingValue]

  /// - Parameter problems: already found.
  /// - Throws: `InvalidSettings`.
  init(values: [String: SettingValue], problems: [InvalidSetting] = []) throws {
    self.values = values
    var reader = SettingReader(values: values, problems: problems)
    host = reader.text("host")
    port = reader.whole("port")
    dataFolder = reader.text("data_dir")
    webFolder = reader.text("web_dir")
    pipelinesFolder = reader.text("pipelines_dir")
    modelsFolder = reader.text("models_dir")
    centerFaceSHA256 = Self.digest("centerface_sha256", &reader)
    blazeFaceSHA256 = Self.digest("blazeface_sha256", &reader)
    faceBackend = reader.choice("face_backend")
    let password = (
      text: reader.optionalText("teacher_password"), file: reader.optionalText("teacher_password_file")
    )
    teacherPassword = reader.attempt("teacher_password") {
      try TeacherPassword.read(text: password.text, file: password.file)
    }
    certificate = reader.optionalText("certificate")
    privateKey = reader.optionalText("private_key")
    selfSigned = reader.flag("self_signed")
    let address = reader.optionalText("public_url")
    publicURL = reader.attempt("public_url") { try address.map { try PublicURL($0) } }
    allowedHosts = reader.list("allowed_hosts", of: "a name or an address without scheme, port and path") {
      WebOrigin("http://\($0)")?.port == 80 ? $0 : nil
    }
    allowedOrigins = reader.list("allowed_origins", of: "an origin such as https://wall.example") {
      WebOrigin($0)?.description
    }
    trustedProxies = reader.list(
      "trusted_proxies",
      of: "an address or a network such as 10.0.0.0/8 (no bits may be set behind its prefix)"
    ) { IPNetwork($0) }
    forwardedHeader = reader.choice("forwarded_header")
    checksPerSecond = reader.number("checks_per_second")
    checkWorkers = reader.whole("check_workers")
    maximumSessions = reader.whole("maximum_sessions")
    maximumParticipants = reader.whole("maximum_participants")
    maximumJournalMegabytes = reader.number("maximum_journal_megabytes")
    maximumExamPictures = reader.whole("maximum_exam_pictures")
    maximumExamPictureMegabytes = reader.number("maximum_exam_picture_megabytes")
    maximumPictures = reader.whole("maximum_pictures")
    maximumPictureMegabytes = reader.number("maximum_picture_megabytes")
    maximumLogMegabytes = reader.number("maximum_log_megabytes")
    oldLogs = reader.whole("old_logs")
    maximumTileRate = reader.number("maximum_tile_rate")
    sessionIdleHours = reader.number("session_idle_hours")
    retentionDays = reader.number("retention_days")
    freshDatabase = reader.flag("fresh_database")
    alerts = Self.alerts(&reader)
    checkSecurity(&reader)
    guard reader.problems.isEmpty else { throw InvalidSettings(problems: reader.problems) }
  }

  private static func digest(_ key: String, _ reader: inout SettingReader) -> String? {
    guard let digest = reader.optionalText(key)?.lowercased() else { return nil }
    guard digest.wholeMatch(of: /[0-9a-f]{64}/) != nil else {
      reader.reject(key, "is a SHA-256, 64 hexadecimal digits (`sha256sum` tells it), not \(digest)")
      return nil
    }
    return digest
  }

  private static func alerts(_ reader: inout SettingReader) -> AlertRules {
    var alerts = AlertRules.standard
    for (kind, standard) in AlertRules.standard.rules {
      var rule = standard
      func key(_ name: String) -> String { "alerts.\(kind.rawValue).\(name)" }
      rule.window = .seconds(reader.number(key("window")))
      rule.share = reader.number(key("share"))
      rule.goodLooks = reader.whole(key("good_looks"))
      rule.clearAfter = .seconds(reader.number(key("clear_after")))
      rule.cooldown = .seconds(reader.number(key("cooldown")))
      if standard.limit != nil { rule.limit = reader.number(key("limit")) }
      alerts.rules[kind] = rule
    }
    for setting in PictureThresholds.settings {
      alerts.pictures[keyPath: setting.field] = reader.number("pictures.\(setting.name)")
    }
    return alerts
  }

  /// Pictures kept of one student's alerts in one session.
  var maximumPicturesOfStudent: Int { max(1, maximumExamPictures / 10) }

  /// A server that others can reach must require a password from teachers and encrypt: browsers allow the camera only
  /// on https and localhost.
  private func checkSecurity(_ reader: inout SettingReader) {
    if (certificate == nil) != (privateKey == nil) {
      reader.reject(
        certificate == nil ? "certificate" : "private_key", "certificate and private_key go together")
    }
    if selfSigned, certificate != nil {
      reader.reject("self_signed", "there is a certificate already; use one or the other")
    }
    let isLoopback = host == "::1" || host == "localhost" || host.hasPrefix("127.")
    guard !isLoopback else { return }
    let hasPassword = ["teacher_password", "teacher_password_file"].contains {
      reader.optionalText($0) != nil
    }
    if !hasPassword {
      reader.reject(
        "teacher_password",
        "needed when listening on \(host): without it anybody who reaches the server could create a session")
    }
    if certificate == nil, privateKey == nil, !selfSigned, trustedProxies.isEmpty {
      reader.reject(
        "certificate",
        "needed when listening on \(host): give certificate and private_key, or trusted_proxies where a proxy encrypts, "
          + "or --self-signed for a trial; browsers refuse the camera to pages that are neither encrypted nor on localhost"
      )
    }
  }
}
