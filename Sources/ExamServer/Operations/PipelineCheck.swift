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
  /// Well above the deadlines of a check, in seconds.
  private static let deadline: UInt32 = 30
  /// Bytes of a child's output that are kept; the rest is read and dropped.
  private static let outputBytes = 16 * 1024

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
    // As many at once as there are cores: a server that is started again should be back soon.
    return try await withThrowingTaskGroup(of: (Int, Report).self) { group in
      var reports: [(Int, Report)] = []
      for (index, file) in files.enumerated() {
        if index >= ProcessInfo.processInfo.activeProcessorCount, let done = try await group.next() {
          reports.append(done)
        }
        group.addTask { (index, Report(file: file, problem: try await problem(with: file))) }
      }
      for try await done in group { reports.append(done) }
      return reports.sorted { $0.0 < $1.0 }.map(\.1)
    }
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

  /// Checks one file in this process, which a bad one may kill, and which ends if the check does not.
  ///
  /// - Returns: what is wrong with it.
  public static func checkHere(_ file: String) async -> String? {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    // Whoever started the server may ignore it, and that is inherited.
    signal(SIGALRM, SIG_DFL)
    alarm(deadline)
    do {
      try await PipelineTemplate(contentsOf: file).check()
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static func problem(with file: String) async throws -> String? {
    try await withCheckedThrowingContinuation { continuation in
      // A thread of its own, since it blocks.
      Thread.detachNewThread { continuation.resume(with: Result { try checkInChild(file) }) }
    }
  }

  private static func checkInChild(_ file: String) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    process.arguments = childArguments + [file]
    // If it crashes, its exit status says so; the registers would fill the log.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var output = Data()
    while let data = try pipe.fileHandleForReading.read(upToCount: outputBytes), !data.isEmpty {
      output.append(data.prefix(outputBytes - output.count))
    }
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    switch (process.terminationReason, process.terminationStatus) {
    case (.exit, 0): return nil
    case (.exit, badFileStatus): return DebianPackages.completed(text)
    case (.uncaughtSignal, SIGALRM):
      return
        "\(file): GStreamer did not come to an end with it within \(deadline) seconds; take out the element that waits, "
        + "or put back what was changed last"
    case (.uncaughtSignal, let signal):
      return "\(file): GStreamer itself ended on this text (signal \(signal)); look for names before a dot, "
        + "such as \"decoded.\", that no element of the file has, or put back what was changed last"
    case (_, let code): return "\(file): the check ended with \(code): \(text)"
    }
  }
}
