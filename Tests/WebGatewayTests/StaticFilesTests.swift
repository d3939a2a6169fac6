import Foundation
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct StaticFilesTests {
    private func run(_ body: (TestServer, URL) async throws -> Void) async throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString)")
      let root = folder.appending(path: "root")
      try FileManager.default.createDirectory(
        at: root.appending(path: "js"), withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data("<p>teacher".utf8).write(to: root.appending(path: "teacher.html"))
      try Data("let a".utf8).write(to: root.appending(path: "js/app.js"))
      try Data("hidden".utf8).write(to: root.appending(path: ".hidden.html"))
      try Data("odd".utf8).write(to: root.appending(path: "odd.unknown"))
      try Data("secret".utf8).write(to: folder.appending(path: "secret.html"))
      try FileManager.default.createSymbolicLink(
        atPath: root.appending(path: "link.html").path,
        withDestinationPath: folder.appending(path: "secret.html").path)
      let files = try PageFolder(root.path) { _ in }
      try await TestServer.run(routes: { $0.serveFiles(from: files, pages: ["/teacher": "teacher.html"]) }) {
        try await body($0, root)
      }
    }

    @Test(.timeLimit(.minutes(1))) func filesAndPages() async throws {
      try await run { test, root in
        let page = try TestClient.request(test.port, "GET /teacher")
        #expect(status(page) == 200 && page.hasSuffix("<p>teacher"))
        #expect(page.contains("Content-Type: text/html; charset=utf-8\r\n"))
        #expect(
          page.contains("frame-ancestors 'none'") && page.contains("Permissions-Policy: camera=(self)\r\n"))
        // Two policies would both apply, and that of other answers forbids everything.
        #expect(page.components(separatedBy: "Content-Security-Policy: ").count == 2)
        #expect(page.contains("Cache-Control: no-cache\r\n") && page.contains("nosniff"))
        #expect(try TestClient.request(test.port, "GET /js/app.js").contains("text/javascript"))
        let tag = try #require(page.firstMatch(of: /ETag: (.*)\r\n/)).1
        let unchanged = try TestClient.request(test.port, "GET /teacher", headers: ["If-None-Match: \(tag)"])
        #expect(status(unchanged) == 304 && unchanged.hasSuffix("\r\n\r\n"))
        try Data("<p>changed page".utf8).write(to: root.appending(path: "teacher.html"))
        // A changed page shows soon.
        func again() throws -> String {
          try TestClient.request(test.port, "GET /teacher", headers: ["If-None-Match: \(tag)"])
        }
        while try !again().hasSuffix("changed page") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try TestClient.request(test.port, "HEAD /teacher").hasSuffix("\r\n\r\n"))
        #expect(status(try TestClient.request(test.port, "POST /teacher", body: "")) == 405)
      }
    }

    @Test(arguments: [
      "/../secret.html", "/js/../../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/link.html",
      "/.hidden.html", "/odd.unknown", "/js", "/js/", "/", "/teacher.html%00", "/js%5c..%5cteacher.html",
      "/nothing.html",
    ])
    func nothingElseIsServed(path: String) async throws {
      try await run { test, _ in
        let answer = try TestClient.request(test.port, "GET \(path)")
        #expect([400, 404].contains(status(answer)))
        #expect(!answer.contains("secret") && !answer.contains("hidden"))
      }
    }
  }
}
