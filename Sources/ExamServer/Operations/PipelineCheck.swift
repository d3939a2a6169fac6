import Foundation
import MediaPipeline

/// Tests pipeline files, each in a process of its own: an operator's file can make GStreamer crash, block or use up all
/// memory, and none of that may end an exam or keep the server from saying which file it was.
public enum PipelineCheck {
  /// The result for one file.
  public struct Report: Sendable, CustomStringConvertible {
    public let file: String
    /// What is wrong with it; `nil` if nothing.
    public let problem: String?
    public var isGood: Bool { problem == nil }
    public var description: String { problem ?? "\(file): good" }
  }

  /// A file that cannot be used.
  struct BadFile: Error, CustomStringConvertible {
    let description: String
  }

  /// The command line argument that makes the program call `checkHere` with the file that follows.
  public static let childArguments = ["pipelines", "check-one"]
  /// The exit status of a child that found the file bad; the reason is on its standard output.
  public static let badFileStatus: Int32 = 3
  /// Well above the deadlines of a check.
  private static let deadline = Duration.seconds(30)

  /// Parses each file and runs generated frames through it; if no files are given, through all of `folder`.
  ///
  /// - Throws: if the folder cannot be read, or no process can be started.
  public static func run(files: [String], folder: String) async throws -> [Report] {
    var files = files
    if files.isEmpty {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(PipelineTemplate.suffix) && !$0.hasPrefix(".") }.sorted().map {
          folder + "/" + $0
        }
    }
    var reports: [Report] = []
    for file in files { reports.append(Report(file: file, problem: try await problem(with: file))) }
    return reports
  }

  /// - Throws: `BadFile` for the first bad file of the folder.
  static func require(folder: String) async throws {
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder), !files.isEmpty else {
      // The catalog says what is wrong with the folder.
      return
    }
    for report in try await run(files: [], folder: folder) {
      if let problem = report.problem { throw BadFile(description: problem) }
    }
  }

  /// Checks one file in this process, which a bad one may kill.
  ///
  /// - Returns: what is wrong with it.
  public static func checkHere(_ file: String) async -> String? {
    do {
      try await PipelineTemplate(contentsOf: file).check()
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static func problem(with file: String) async throws -> String? {
    let (end, output) = try await ChildProcess.run(
      "/proc/self/exe", childArguments + [file], deadline: deadline)
    switch end {
    case .exited(0): return nil
    case .exited(badFileStatus): return output
    case .exited(let code): return "\(file): the check ended with \(code): \(output)"
    case .signalled(let signal):
      return "\(file): GStreamer itself ended on this text (signal \(signal)); look for names before a dot, "
        + "such as \"decoded.\", that no element of the file has, or put back what was changed last"
    case .overdue:
      return
        "\(file): GStreamer did not come to an end with it within \(deadline); take out the element that waits, "
        + "or put back what was changed last"
    }
  }
}
