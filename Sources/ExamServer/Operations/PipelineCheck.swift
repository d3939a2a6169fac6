import Foundation
import MediaPipeline

/// Proves pipeline files, for `exam-monitoring pipelines check`.
public enum PipelineCheck {
  /// What became of one file.
  public struct Report: Sendable, CustomStringConvertible {
    public let file: String
    /// What is wrong with it; `nil` when nothing is.
    public let problem: String?
    public var isGood: Bool { problem == nil }
    public var description: String { problem ?? "\(file): good" }
  }

  /// Parses each file and runs generated frames through it; without files, through all of `folder`.
  ///
  /// - Throws: when the folder cannot be read.
  public static func run(files: [String], folder: String) async throws -> [Report] {
    var files = files
    if files.isEmpty {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(PipelineTemplate.suffix) }.sorted().map { folder + "/" + $0 }
    }
    var reports: [Report] = []
    for file in files {
      do {
        try await PipelineTemplate(contentsOf: file).check()
        reports.append(Report(file: file, problem: nil))
      } catch {
        reports.append(Report(file: file, problem: "\(error)"))
      }
    }
    return reports
  }
}
