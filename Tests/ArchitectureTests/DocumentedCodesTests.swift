import Foundation
import Testing

/// Every code that programs use to tell errors and notices apart is in the tables of docs/protocol.md, and no other.
@Suite struct DocumentedCodesTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOf: ImportTableTests.root.appending(path: path), encoding: .utf8)
  }

  /// The source of everything that answers.
  private static let sources: String = {
    ["WebGateway", "ExamServer", "ExamModel"].flatMap { folder -> [String] in
      let root = ImportTableTests.root.appending(path: "Sources/\(folder)")
      let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
      return files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
    }.joined(separator: "\n")
  }()

  /// The back-quoted words in one column of the table with this header.
  private static func documented(_ head: String, column: Int) throws -> Set<String> {
    let table = try #require(
      try text("docs/protocol.md").components(separatedBy: "\n\(head)\n").dropFirst().first)
    let rows = table.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      .prefix { $0.hasPrefix("|") }
    let codes = rows.flatMap { row in
      row.split(separator: "|")[column].matches(of: /`([a-z_]+)`/).map { String($0.1) }
    }
    return Set(codes)
  }

  private static func used(
    _ patterns: [Regex<(Substring, Substring)>], in texts: String = sources
  ) -> Set<String> {
    Set(patterns.flatMap { pattern in texts.matches(of: pattern).map { String($0.1) } })
  }

  @Test func everyCodeOfAProblemDocumentIsInTheTable() throws {
    var used = Self.used(
      [
        /\bcode: "([a-z_]+)"/, /let code = "([a-z_]+)"/, /code: isMissing \? "([a-z_]+)" : "/,
        /code: isMissing \? "[a-z_]+" : "([a-z_]+)"/, /code: reason\.map .* \?\? "([a-z_]+)"/,
        /\(\s*\d{3}, "[\w ]+", "([a-z_]+)",/,
      ], in: Self.sources.replacing(/(?:\.notice|ErrorNotice|WireError)\(\s*code: "[a-z_]+"/, with: ""))
    #expect(used.count > 30)
    // With the reason appended.
    #expect(Self.sources.contains(#""ended_\($0.rawValue)""#))
    used.formUnion(["ended_teacher", "ended_idle"])
    let documented = try Self.documented("| status | `code` |", column: 1)
    #expect(used.symmetricDifference(documented).sorted() == [])
  }

  /// Whoever refuses throws a `Refusal`, or names a `GatewayProblem`: nobody else writes a problem document.
  @Test func problemDocumentsAreWrittenInOnePlaceEach() throws {
    for (target, place) in [("ExamServer", "Refusal.swift"), ("WebGateway", "GatewayProblem.swift")] {
      let folder = ImportTableTests.root.appending(path: "Sources/\(target)")
      let writers = try ImportTableTests.swiftFiles(below: folder).filter {
        try String(contentsOf: $0, encoding: .utf8).contains(/\.problem\(\s*status:|"about:blank"|problem\+json"/)
      }
      #expect(writers.map(\.lastPathComponent).filter { $0 != "HTTPResponse.swift" } == [place])
    }
  }

  @Test func everyCodeOfASocketIsInTheTable() throws {
    let errors = Self.used([
      /(?:refuse|protocolError)\(\s*(?:text,\s*)?"([a-z_]+)"/, /ErrorNotice\(code: "([a-z_]+)"/,
      /refuse\([^"]*code \?\? "([a-z_]+)"/, /WireError\(\s*code: "([a-z_]+)"/,
    ])
    let notices = Self.used([/\.notice\(\s*code: "([a-z_]+)"/])
    #expect(errors.count > 9 && notices.count > 3)
    let head = "| code | message | meaning |"
    #expect(
      errors.union(notices).symmetricDifference(try Self.documented(head, column: 0)).sorted() == [])
  }
}
