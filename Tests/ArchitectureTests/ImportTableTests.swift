import Foundation
import Testing

/// Enforces the project's import table: which target may import which. SwiftPM lets a target import whatever its
/// dependencies happen to bring along, so nothing else would notice.
@Suite struct ImportTableTests {
  /// Modules of the project, and of packages, that each target may import. Modules of the system are listed below.
  static let table: [String: Set<String>] = [
    "ExamModel": [],
    "GLibRuntime": ["CGStreamer", "CSoup", "CGLibShims"],
    "MediaPipeline": ["ExamModel", "GLibRuntime", "CGStreamer", "CPictureScaler"],
    "FaceCheck": ["ExamModel", "CFaceDetector", "CPictureStatistics"],
    "WebGateway": ["GLibRuntime", "CSoup", "CGLibShims", "CTLSStream", "CHeadGuard"],
    "ExamStore": ["ExamModel", "GRDB"],
    "ExamServer": [
      "ExamModel", "GLibRuntime", "MediaPipeline", "FaceCheck", "WebGateway", "ExamStore", "Logging",
      "Configuration", "SystemPackage", "Yams",
    ],
    "Simulator": ["GLibRuntime", "CSoup", "CGLibShims", "ArgumentParser"],
    "exam-monitoring": ["ExamServer", "Simulator", "ArgumentParser"],
  ]

  static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch",
  ]

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func swiftFiles(below folder: URL) throws -> [URL] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return paths.filter { $0.hasSuffix(".swift") }.map { folder.appending(path: $0) }
  }

  /// The modules a file imports: `import M`, `@testable import M`, `public import struct M.T`.
  static func imports(of file: URL) throws -> Set<String> {
    let line =
      /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)/
    let text = try String(contentsOf: file, encoding: .utf8)
    return Set(text.split(separator: "\n").compactMap { $0.firstMatch(of: line).map { String($0.1) } })
  }

  @Test(arguments: table.keys.sorted())
  func importsOnlyWhatTheTableAllows(target: String) throws {
    let files = try Self.swiftFiles(below: Self.root.appending(path: "Sources/\(target)"))
    #expect(!files.isEmpty)
    let allowed = Self.table[target, default: []].union(Self.system)
    for file in files {
      let extra = try Self.imports(of: file).subtracting(allowed)
      #expect(
        extra.isEmpty,
        "\(target)/\(file.lastPathComponent) must not import \(extra.sorted().joined(separator: ", "))")
    }
  }

  @Test func everySwiftTargetIsInTheTable() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appending(path: "Sources").path)
    let swiftTargets = try folders.filter {
      try !Self.swiftFiles(below: Self.root.appending(path: "Sources/\($0)")).isEmpty
    }
    #expect(Set(swiftTargets) == Set(Self.table.keys))
  }

  @Test func openCVIsSeenByTheFaceDetectorAlone() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
    for path in paths where !path.hasPrefix("CFaceDetector/") && !path.hasSuffix(".swift") {
      let file = Self.root.appending(path: "Sources/" + path)
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
      #expect(!text.contains("opencv2/"), "\(path) includes OpenCV")
    }
  }
}
