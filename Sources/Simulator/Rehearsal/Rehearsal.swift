import Foundation

/// A rehearsal of an exam's load against a running server: everybody joins, the load is measured, everybody leaves.
public enum Rehearsal {
  /// Runs it, reporting progress on standard output. If the task is cancelled it ends as soon as possible, and still
  /// returns what was measured so far.
  ///
  /// - Throws: `RehearsalError` if it cannot run.
  public static func run(
    _ configuration: RehearsalConfiguration, teacherPassword: String?
  ) async throws -> RehearsalReport {
    try configuration.check()
    let recordings = try RecordingLibrary(configuration)
    // Found out now, not after the rehearsal.
    try write(Data("{}\n".utf8), to: configuration.json)
    let report = try await RehearsalRun(
      configuration, teacherPassword: teacherPassword, recordings: recordings
    ).run()
    try write(try report.json(), to: configuration.json)
    return report
  }

  private static func write(_ data: Data, to path: String?) throws {
    guard let path else { return }
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      throw RehearsalError("The figures cannot be written to \(path): \(error.localizedDescription)")
    }
  }
}
