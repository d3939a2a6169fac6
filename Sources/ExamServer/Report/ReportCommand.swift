import ExamModel
import ExamStore
import Foundation

/// `exam-monitoring report CODE`: makes the report of a session from the data folder, whether a server is running or not.
public enum ReportCommand {
  /// Sessions named at most when one is not found, the newest first.
  private static let maximumListed = 20

  /// - Parameters:
  ///   - webFolder: the folder of the pages, which contains the texts.
  ///   - output: a file; `nil` for standard output.
  ///   - timeZone: for the times on a page, such as `Europe/Berlin`.
  ///   - warn: receives anything else the reader should know, a line each.
  /// - Throws: `ReportProblem`, `ServerConfiguration.InvalidSetting` without texts, or the store's error when it cannot be read.
  public static func run(
    code: String, dataFolder: String, webFolder: String, format: ReportFormat = .html,
    output: String? = nil, timeZone: String = "UTC",
    warn: @escaping @Sendable (String) -> Void = Self.toStandardError
  ) async throws {
    guard let zone = ReportClock.zone(named: timeZone) else { throw ReportProblem.unknownTimeZone(timeZone) }
    guard let sessionCode = SessionCode(code) else { throw ReportProblem.notACode(code) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: dataFolder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw ReportProblem.noDataFolder(dataFolder)
    }
    let look = try WebFolder.reportLook(webFolder)
    // Read-only, next to a server that may be writing.
    let store = try SQLiteStore(reading: DataFolder(existing: dataFolder), report: warn)
    let (lastAlive, clocks) = (store.lastAlive, store.clocks)
    let text = try await store.read(.whole) { archive in
      // A running exam has its own time, whatever happened to the system's clock.
      let isOn = try archive.session(sessionCode).map { $0.endedAt == nil } ?? false
      let now = isOn ? clocks?.time(at: .now, system: .system) : nil
      return try Self.text(
        of: sessionCode, from: archive, lastAlive: lastAlive, dataFolder: dataFolder, format: format,
        zone: zone, look: look, at: now ?? .system, warn: warn)
    }
    if let output, output != "-" {
      try ReportFile.write(Array(text.utf8), to: output)
    } else {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
  }

  public static let toStandardError: @Sendable (String) -> Void = { line in
    FileHandle.standardError.write(Data("exam-monitoring: \(line)\n".utf8))
  }

  /// The report as text.
  static func text(
    of code: SessionCode, from archive: any ArchiveReader, lastAlive: Timestamp?, dataFolder: String,
    format: ReportFormat, zone: TimeZone, look: ReportLook, at now: Timestamp, warn: (String) -> Void
  ) throws -> String {
    guard let report = try SessionReport.read(code, from: archive, at: now, lastAlive: lastAlive) else {
      throw try missing(code, archive, dataFolder, ReportClock(zone: zone, from: now, words: look.words))
    }
    if !report.isFinished {
      warn("session \(code) is not finished; the report tells how things stood at \(report.until)")
    }
    for problem in format.pictureProblems(of: report) {
      warn("session \(code) in \(dataFolder): \(problem); the report says so")
    }
    return format.text(report, zone: zone, look: look) { try archive.picture(of: $0, in: code) }
  }

  private static func missing(
    _ code: SessionCode, _ archive: any ArchiveReader, _ dataFolder: String, _ clock: ReportClock
  ) throws -> ReportProblem {
    if let receipt = try archive.receipts().last(where: { $0.session == code }) {
      return .erased(
        "\(code)", dataFolder: dataFolder, at: clock.date(receipt.at),
        reason: receipt.reason == .retention ? "its time to be kept was over" : "a teacher asked for it")
    }
    let sessions = try archive.sessions(isLive: nil).sorted { $0.createdAt > $1.createdAt }
    var lines = sessions.prefix(maximumListed).map { session in
      "\(session.code)  \(clock.date(session.createdAt)), \(session.endedAt == nil ? "not finished" : "finished")"
        + "  \(session.title)"
    }
    if sessions.count > maximumListed { lines.append("and \(sessions.count - maximumListed) older") }
    return .unknownSession("\(code)", dataFolder: dataFolder, sessions: lines)
  }
}
