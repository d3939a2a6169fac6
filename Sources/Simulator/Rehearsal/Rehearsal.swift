import CSoup
import Dispatch
import Foundation
import GLibRuntime
import Synchronization

/// A rehearsal of an exam's load against a running server: everybody joins, the load is measured, everybody leaves.
public final class Rehearsal: Sendable {
  private let configuration: RehearsalConfiguration
  private let stopRequested = Atomic(false)

  public init(_ configuration: RehearsalConfiguration) { self.configuration = configuration }

  /// Ends the rehearsal as soon as possible; `run` still returns what was measured so far.
  public func stop() { stopRequested.store(true, ordering: .relaxed) }

  /// Runs it, reporting progress on standard output.
  ///
  /// - Parameter reportFile: where to write the figures as JSON, if anywhere.
  /// - Throws: `RehearsalError` if it cannot run.
  public func run(reportFile: String?) async throws -> RehearsalReport {
    try configuration.validate()
    let recordings = try RecordingLibrary(configuration)
    if let reportFile {
      // Found out now, not after the rehearsal.
      try write(Data("{}\n".utf8), to: reportFile)
    }
    let report = try await RehearsalRun(
      configuration, recordings: recordings, isStopped: { [self] in stopRequested.load(ordering: .relaxed) }
    ).run()
    if let reportFile { try write(try report.json(), to: reportFile) }
    return report
  }

  private func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      throw RehearsalError("The figures cannot be written to \(path): \(error.localizedDescription)")
    }
  }
}
