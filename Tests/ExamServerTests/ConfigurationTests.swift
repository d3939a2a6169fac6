import ExamModel
import Foundation
import Testing
import WebGateway

@testable import ExamServer

@Suite struct ConfigurationTests {
  private func load(
    _ overrides: [String: String] = [:], file: String? = nil, environment: [String: String] = [:]
  ) throws -> ServerConfiguration {
    let path = try file.map(SettingTableTests.temporary)
    return try SettingSources(commandLine: overrides, environment: environment, file: path).load()
  }

  /// The text of the error that loading throws.
  private func problem(_ overrides: [String: String] = [:], file: String? = nil) -> String {
    do {
      _ = try load(overrides, file: file)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func defaultsServeOnLoopback() async throws {
    let configuration = try load()
    #expect(configuration.host == "127.0.0.1")
    #expect(configuration.port == 8080)
    #expect(configuration.teacherPassword == nil)
    #expect(configuration.alerts == .standard)
  }

  @Test func commandLineOverEnvironmentOverFileOverDefault() async throws {
    let file = """
      port: 1001
      teacher_password: "1234567890"
      checks_per_second: 3
      alerts:
        face_missing:
          window: 4.5
      """
    let environment = ["EXAM_MONITORING_PORT": "1002", "EXAM_MONITORING_CHECKS_PER_SECOND": "1.5"]
    let configuration = try load(["port": "1003"], file: file, environment: environment)
    #expect(configuration.port == 1003)
    #expect(configuration.checksPerSecond == 1.5)
    #expect(configuration.teacherPassword == "1234567890")
    #expect(configuration.alerts.rules[.faceMissing]?.window == .seconds(4.5))
    #expect(configuration.alerts.rules[.severalFaces]?.window == .seconds(2))
  }

  @Test func everyThresholdIsASetting() async throws {
    let file = """
      alerts:
        picture_frozen: {window: 12, share: 0.7, limit: 0.4, good_looks: 6, clear_after: 2.5, cooldown: 50}
      pictures: {turning: 15, polishing: 4, least_edges: 2}
      """
    let alerts = try load(file: file, environment: ["EXAM_MONITORING_PICTURES_SHARE_OF_EDGES": "0.4"])
      .alerts
    #expect(
      alerts.rules[.pictureFrozen]
        == AlertRule(
          window: .seconds(12), share: 0.7, severity: .medium, limit: 0.4, goodLooks: 6,
          clearAfter: .seconds(2.5),
          cooldown: .seconds(50)))
    var pictures = PictureThresholds()
    (pictures.turning, pictures.polishing, pictures.leastEdges, pictures.shareOfEdges) = (15, 4, 2, 0.4)
    #expect(alerts.pictures == pictures)
    #expect(alerts.rules[.faceMissing] == AlertRules.standard.rules[.faceMissing])
  }

  @Test func thresholdsOutOfRangeAreNamed() async {
    let cases = [
      ("alerts: {face_missing: {good_looks: 0}}", "alerts.face_missing.good_looks: 0 is outside 1 to 100"),
      (
        "alerts: {face_missing: {good_looks: 1.5}}",
        "alerts.face_missing.good_looks: 1.5 is not a whole number"
      ),
      (
        "alerts: {page_hidden: {clear_after: -1}}",
        "alerts.page_hidden.clear_after: -1 is outside 0 to 3600"
      ),
      ("pictures: {turning: 100}", "pictures.turning: 100 is outside 0 to 90"),
      ("pictures: {turnings: 10}", "did you mean pictures.turning?"),
    ]
    for (file, told) in cases {
      let problem = problem(file: file)
      #expect(problem.contains(told), "\(problem)")
    }
  }

  @Test func whatCannotBeUsedIsNamed() async {
    #expect(problem(["port": "70000"]).contains("port"))
    #expect(problem(["port": "many"]).contains("port"))
    #expect(problem(file: "checks_per_second: often").contains("checks_per_second"))
    #expect(problem(file: "alerts: {face_missing: {share: 1.5}}").contains("face_missing"))
    #expect(problem(["certificate": "c.pem"]).contains("private_key"))
  }

  @Test func whatIsNoSettingIsNamedWithTheNearestThatIs() async {
    let cases = [
      ("retention_day: 3", "retention_day: there is no such setting", "did you mean retention_days?"),
      ("port: 1\nTeacher-Password: geheimgeheim", "line 2", "did you mean teacher_password?"),
      ("alerts:\n  face_mising:\n    window: 4", "line 3", "did you mean alerts.face_missing.window?"),
      ("alerts: {face_missing: {windows: 4}}", "alerts.face_missing.windows", "alerts.face_missing.window?"),
      ("alerts.face_missing.shares: 4", "alerts.face_missing.shares", "alerts.face_missing.share?"),
      // The kind for missing faces has no limit.
      ("alerts: {face_missing: {limit: 4}}", "alerts.face_missing.limit", "there is no such setting"),
      ("alerts: 4", "alerts", "there is no such setting"),
      ("colour_of_the_wall: blue", "colour_of_the_wall", "config template"),
    ]
    for (file, first, second) in cases {
      let problem = problem(file: file)
      #expect(problem.contains(first) && problem.contains(second), "\(file): \(problem)")
    }
  }

  @Test func variablesOfTheEnvironmentAreSettingsToo() async throws {
    func problem(_ name: String) -> String {
      do {
        _ = try load(environment: [
          name: "1", "PATH": "/bin", "EXAM_MONITORING": ".build/debug/exam-monitoring",
        ])
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      problem("EXAM_MONITORING_MAX_SESSIONS").contains("did you mean EXAM_MONITORING_MAXIMUM_SESSIONS?")
    )
    #expect(
      problem("EXAM_MONITORING_ALERTS_FACE_MISSING_WINDO").contains(
        "EXAM_MONITORING_ALERTS_FACE_MISSING_WINDOW?"))
    #expect(problem("EXAM_MONITORING_CHECK_WORKERS") == "no error")
    #expect(problem("EXAM_MONITORING_ALERTS_LOOKING_AWAY_LIMIT") == "no error")
  }

  @Test func aFolderWithoutThePagesIsAnError() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    _ = try WebFolder.read(root.appending(path: "Web").path) { Issue.record("\($0)") }
    for folder in ["/nowhere", root.path, root.appending(path: "Pipelines").path] {
      #expect(throws: ServerConfiguration.InvalidSetting.self) { try WebFolder.read(folder) { _ in } }
    }
    // If something that the pages need is not installed, the message says what to install.
    let missing = #expect(throws: WebFolder.MissingLibrary.self) {
      try WebFolder.read(root.appending(path: "Web").path, libraries: ["library/x.js": "/nowhere/x.js"]) {
        _ in
      }
    }
    #expect(missing?.description.contains("/nowhere/x.js") == true)
    #expect(missing?.description.contains("libjs-i18next") == true)
  }

  @Test func aFolderWithoutTheLookOfReportsIsAnError() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["text", "report"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    let (file, sheet) = (folder.appending(path: "text/en.json"), folder.appending(path: "report/report.css"))
    try Data("p { color: red }".utf8).write(to: sheet)
    for text in [
      nil, "", "{\"a\": ", "[]", "{\"a\": 1}", "{\"a\": [\"b\"]}", "{\"a\": {\"b\": \"{{c\"}}",
      "{\"a\": \"}}\"}",
    ] {
      if let text { try Data(text.utf8).write(to: file) }
      let problem = #expect(throws: ServerConfiguration.InvalidSetting.self) {
        try WebFolder.reportLook(folder.path)
      }
      #expect(problem?.key == "web_dir", "\(text ?? "none")")
      #expect(
        problem?.problem.contains("\(file.path) ") == true
          && problem?.problem.contains("; give the folder") == true)
    }
    try Data("{\"a\": \"\(String(repeating: "b", count: TextCatalogue.maximumBytes))\"}".utf8).write(to: file)
    #expect(throws: ServerConfiguration.InvalidSetting.self) { try WebFolder.reportLook(folder.path) }
    try Data(#"{"a": "{{ b }}{{c}}d", "report": {"footer": "a\"b\\<"}}"#.utf8).write(to: file)
    let look = try WebFolder.reportLook(folder.path)
    #expect(look.words("a", ["b": "{{c}}", "c": "2"]) == "{{c}}2d")
    #expect(
      look.style.text == #"p { color: red }@page { @bottom-left { content: "a\22 b\5c \3c "; } }"# + "\n")
    for wrong in [Data(repeating: 0x20, count: ReportStyle.maximumBytes + 1), Data([0xFF]), nil] {
      if let wrong { try wrong.write(to: sheet) } else { try FileManager.default.removeItem(at: sheet) }
      let problem = #expect(throws: ServerConfiguration.InvalidSetting.self) {
        try WebFolder.reportLook(folder.path)
      }
      #expect(problem?.problem.hasPrefix("\(sheet.path) ") == true)
    }
  }

  @Test func othersReachTheServerOnlyWithPasswordAndTLS() async throws {
    let told = problem(["host": "0.0.0.0"])
    #expect(told.contains("setting teacher_password:") && told.contains("setting certificate:"))
    #expect(problem(["host": "0.0.0.0", "teacher_password": "long enough"]).contains("certificate"))
    let configuration = try load([
      "host": "0.0.0.0", "teacher_password": "long enough", "certificate": "c.pem", "private_key": "k.pem",
    ])
    #expect(configuration.host == "0.0.0.0")
  }

  @Test func passwordsAreLongAndMayStandInAFile() async throws {
    let short = problem(["teacher_password": "nine char"])
    #expect(
      short.contains("setting teacher_password:") && short.contains("at least 10") && !short.contains("nine"))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
    try write("correct horse\n")
    #expect(try load(["teacher_password_file": file.path]).teacherPassword == "correct horse")
    #expect(
      problem(["teacher_password_file": file.path, "teacher_password": "correct horse"]).contains(
        "one or the other"))
    for (text, word) in [
      ("short\n", "at least 10"), ("", "one line"), ("one line\nand another\n", "one line"),
    ] {
      try write(text)
      let problem = problem(["teacher_password_file": file.path])
      #expect(problem.contains("teacher_password_file") && problem.contains(word), "\(problem)")
    }
    try write(String(repeating: "x", count: 5000))
    #expect(problem(["teacher_password_file": file.path]).contains("line of text"))
    #expect(problem(["teacher_password_file": "/nowhere/password"]).contains("/nowhere/password"))
  }

  @Test func aProxyEncryptsInPlaceOfTheServer() async throws {
    let open = ["host": "0.0.0.0", "teacher_password": "long enough"]
    let behind = try load(
      open.merging(["trusted_proxies": "10.0.0.0/8, ::1", "public_url": "https://school.example/exam"]) { $1 }
    )
    #expect(
      behind.trustedProxies.count == 2 && behind.publicURL?.description == "https://school.example/exam/")
    #expect(behind.forwardedHeader == .xForwardedFor)
    #expect(problem(open).contains("trusted_proxies"))
    // Written, and yet nobody.
    #expect(problem(open.merging(["trusted_proxies": " , "]) { $1 }).contains("setting certificate:"))
    for (key, text) in [
      ("trusted_proxies", "10.0.0.1/8"), ("trusted_proxies", "proxy.example"),
      ("public_url", "school.example"),
      ("public_url", "https://school.example/api"), ("allowed_hosts", "https://a"),
      ("allowed_hosts", "a:8080"),
      ("allowed_origins", "a.example"), ("forwarded_header", "x-real-ip"),
    ] {
      let problem = problem([key: text])
      #expect(problem.contains("setting \(key):") && problem.contains(text), "\(problem)")
    }
  }
}
