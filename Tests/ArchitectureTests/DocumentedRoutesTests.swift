import Foundation
import Testing

/// Every address of the server is in the table of docs/protocol.md, and no other.
@Suite struct DocumentedRoutesTests {
  /// A method and a path, `*` for each part of it that varies: `GET /api/sessions/*/report`.
  private static func route(_ method: some StringProtocol, _ path: some StringProtocol) -> String {
    let parts = path.prefix { $0 != "?" }.split(separator: "/").map { part in
      part.hasPrefix(":") || part.contains("{") ? "*" : String(part)
    }
    return "\(method.uppercased()) /" + parts.joined(separator: "/")
  }

  @Test func everyRouteIsInTheTable() throws {
    var served: Set<String> = []
    for file in try ImportTableTests.swiftFiles(
      below: ImportTableTests.root.appending(path: "Sources/ExamServer/Routes"))
    {
      let text = try String(contentsOf: file, encoding: .utf8)
      // The beginnings that several routes of a file share.
      let beginnings = Dictionary(
        text.matches(of: /let (\w+) = "(\/api\/[^"\\]+)"/).map { ($0.1, $0.2) }, uniquingKeysWith: { $1 })
      for match in text.matches(of: /\.route\(\s*\.(\w+),\s*(?:(\w+) \+ )?"([^"]+)"/) {
        served.insert(Self.route(match.1, (match.2.flatMap { beginnings[$0] } ?? "") + match.3))
      }
      for match in text.matches(of: /webSocketRoute\(\s*"([^"]+)"/) {
        served.insert(Self.route("get", match.1))
      }
    }
    let protocolText = try String(
      contentsOf: ImportTableTests.root.appending(path: "docs/protocol.md"), encoding: .utf8)
    let table = try #require(
      protocolText.components(separatedBy: "\n| request | who | answer |\n").dropFirst().first)
    var documented: Set<String> = []
    for row in table.split(separator: "\n", omittingEmptySubsequences: false).prefix(while: {
      $0.hasPrefix("|")
    }) {
      // Where a row has several, the method is that of the first.
      var method: Substring = ""
      for match in row.replacing("\\|", with: "").split(separator: "|")[0].matches(
        of: /`(?:([A-Z]+) )?(\/[^`]*)`/)
      {
        method = match.1 ?? method
        documented.insert(Self.route(method, match.2))
      }
    }
    #expect(served.count > 15)
    #expect(served.symmetricDifference(documented).sorted() == [])
  }
}
