import Foundation
import Testing

/// The map in docs/architecture.md, and the places named in CONTRIBUTING.md, exist.
@Suite struct MapTests {
  private static let sources = ImportTableTests.root.appending(path: "Sources")

  private static func map(_ file: String = "docs/architecture.md") throws -> String {
    try String(contentsOf: ImportTableTests.root.appending(path: file), encoding: .utf8)
  }

  @Test(arguments: ["docs/architecture.md", "CONTRIBUTING.md"]) func everyFileIsThere(_ file: String) throws {
    let names = try Self.map(file).matches(of: /`([\w.]+\/[\w\/+]+\.(?:swift|js))`/).map { String($0.1) }
    #expect(names.count > 15)
    for name in names {
      let path = name.hasPrefix("Web/") ? name : "Sources/" + name
      #expect(
        FileManager.default.fileExists(atPath: ImportTableTests.root.appending(path: path).path),
        "\(name) is gone")
    }
  }

  /// The suites and files of tests that CONTRIBUTING.md names are there.
  @Test func everyTestIsThere() throws {
    let tests = ImportTableTests.root.appending(path: "Tests")
    let suites = try ImportTableTests.swiftFiles(below: tests).flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /struct (\w+Tests)\b/).map { String($0.1) }
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: tests.path).map {
      ($0 as NSString).lastPathComponent
    }
    let text = try Self.map("CONTRIBUTING.md")
    let names =
      text.matches(of: /`(\w+Tests)`/).map { String($0.1) }
      + text.matches(of: /\btest_\w+\.py/).map { String($0.0) }
    #expect(names.count > 10)
    #expect(Set(names).subtracting(suites + files).sorted() == [])
  }

  @Test func everyStepIsInItsFile() throws {
    let steps = try Self.map().matches(of: /\| `([\w\/+]+\.swift)` \| `(\w+)` \|/).map {
      (file: String($0.1), function: String($0.2))
    }
    #expect(steps.count > 20)
    for (file, function) in steps {
      let text = try String(contentsOf: Self.sources.appending(path: file), encoding: .utf8)
      #expect(
        text.contains("func \(function)(") || text.contains("func \(function)\n")
          || text.contains("var \(function):"), "\(file) has no \(function)")
    }
  }

  /// Each target is on it, with what it may import as in the import table.
  @Test func everyTargetIsOnIt() throws {
    let rows = try Self.map().matches(of: /(?m)^\| `(\w+)` \|/).map { String($0.1) }
    for target in ImportTableTests.table.keys where target != "exam-monitoring" {
      #expect(rows.contains(target), "\(target) is not on the map")
    }
  }

  /// Each folder of the pages that has files of its own is on it, and no other.
  @Test func everyFolderOfThePagesIsOnIt() throws {
    let web = ImportTableTests.root.appending(path: "Web")
    let files = try #require(FileManager.default.subpaths(atPath: web.path)).filter { $0.contains(".") }
    let folders = Set(files.map { ($0 as NSString).deletingLastPathComponent }.filter { !$0.isEmpty })
    let map = try #require(try Self.map().split(separator: "| folder of `Web` |").last)
    let table = map.prefix(while: { $0 != "#" })
    let rows = Set(table.matches(of: /(?m)^\| `([\w\/]+)` \|/).map { String($0.1) })
    #expect(rows == folders.subtracting(["student", "teacher"]))
  }
}
