import CSoup
import Foundation
import Glibc
import Testing

@testable import WebGateway

extension GatewayServerTests {
  /// What is checked before libsoup sees a request, and what a request may cost until it is complete.
  @Suite struct RequestHeadTests {
    @GatewayActor private static func routes(_ server: WebServer) {
      server.route(.get, "/") { _ in .text("here") }
      server.route(.post, "/small") { .text("\($0.body.count)") }
      server.route(.post, "/large/:name", maximumBodyBytes: 100_000) { .text("\($0.body.count)") }
      server.webSocketRoute("/socket", subprotocol: WebSocketTestClient.subprotocol) { _ in .accept { _ in } }
    }

    private func run(
      configure: (inout GatewayConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws { try await TestServer.run(configure: configure, routes: Self.routes, body) }

    /// libsoup would keep each method for good.
    @Test func aMethodThatNobodyKnowsIsNotKept() async throws {
      try await run { (test: TestServer) async throws -> Void in
        for method in ["BREW", "GETX", "get", String(repeating: "M", count: 50_000), "PO\u{300}ST"] {
          let answer = try TestClient.request(test.port, "\(method) /")
          #expect(status(answer) == 501 && answer.contains("X-Content-Type-Options"), "\(method.prefix(9))")
          #expect(!isKeptByGLib(method), "\(method.prefix(9))")
        }
        #expect(status(try TestClient.request(test.port, "OPTIONS /")) == 405)
        // An empty line before it is allowed, and the next request on a connection is checked like the first.
        let client = try test.client()
        try client.send("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try client.take(until: "here")
        try client.send("BRE")
        try client.send("WED / HTTP/1.1\r\nHost: a\r\n\r\n")
        expectProblem(client.takeAll(), 501, "unknown_method")
        #expect(!isKeptByGLib("BREWED"))
      }
    }

    @Test func theSameOverTLS() async throws {
      let certificate = try TLSTests.Certificate()
      defer { certificate.remove() }
      try await run(configure: { $0.tls = certificate.files }) { test in
        let answer = try TLSTests.Certificate.run(
          "curl -s -m 5 -X BREWTLS -w '%{http_code}' -o /dev/null --cacert \(certificate.files.certificate) "
            + "https://localhost:\(test.port)/")
        #expect(answer.output == "501" && !isKeptByGLib("BREWTLS"))
      }
    }

    /// When the first request is answered, the second is partly in libsoup's buffer and partly in that of TLS.
    @Test func aRequestSentAheadOverTLSIsNotWaitedFor() async throws {
      let certificate = try TLSTests.Certificate()
      defer { certificate.remove() }
      try await run(configure: { $0.tls = certificate.files }) { test in
        let script = """
          import socket, ssl
          context = ssl._create_unverified_context()
          client = context.wrap_socket(socket.create_connection(("127.0.0.1", \(test.port)), 8))
          client.settimeout(8)
          client.sendall((b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\nX: " + b"x" * 6000 + b"\\r\\n\\r\\n") * 2)
          while answer := client.recv(65536): print(answer[:12].decode(), end="")
          """
        let file = certificate.folder.appending(path: "ahead.py")
        try Data(script.utf8).write(to: file)
        let answer = try TLSTests.Certificate.run("python3 \(file.path)")
        #expect(answer.status == 0, "it was waited for")
        #expect(answer.output.hasPrefix("HTTP/1.1 200"))
      }
    }

    @Test func aHeadHasABoundInBytesAndFields() async throws {
      try await run { (test: TestServer) async throws -> Void in
        func get(fields: Int, bytes: Int) throws -> Int {
          let headers = (0..<fields).map { "X-\($0): " + String(repeating: "v", count: bytes) }
          return status(try TestClient.request(test.port, "GET /", headers: headers))
        }
        // Host and Connection come in addition.
        #expect(try get(fields: 98, bytes: 1) == 200)
        #expect(try get(fields: 99, bytes: 1) == 431)
        #expect(try get(fields: 1, bytes: 15_000) == 200)
        #expect(try get(fields: 1, bytes: 17_000) == 431)
        #expect(try get(fields: 20_000, bytes: 10) == 431)
        try await eventually("the others never became a request") { test.requests == 2 }
        // A body does not count.
        #expect(
          try TestClient.request(test.port, "POST /small", body: String(repeating: "\n", count: 16_000))
            .hasSuffix("16000"))
      }
    }

    /// Slash and mark are one character to Swift.
    @Test func aMarkBehindASlashIsPartOfTheSegment() async throws {
      try await run { (test: TestServer) async throws -> Void in
        #expect(status(try TestClient.request(test.port, "GET /%CC%81")) == 404)
        #expect(status(try TestClient.request(test.port, "POST /%CC%81small", body: "a")) == 404)
        #expect(status(try TestClient.request(test.port, "POST /small%2F", body: "a")) == 400)
      }
    }

    @Test func aRouteMayTakeLargerBodies() async throws {
      try await run { (test: TestServer) async throws -> Void in
        for (path, bytes, expected) in [
          ("/small", 16_384, 200), ("/small", 16_385, 413), ("/large/a", 100_000, 200),
          ("/large/a", 100_001, 413),
          ("/nothing", 16_385, 413),
        ] {
          let answer = try TestClient.request(
            test.port, "POST \(path)", body: String(repeating: "b", count: bytes))
          #expect(status(answer) == expected, "\(path) \(bytes)")
        }
      }
    }

    @Test func bodiesThatAreNotThereAsAWholeHaveABoundTogether() async throws {
      try await run(configure: { $0.maximumUnreadBodyBytes = 50_000 }) { test in
        let part = String(repeating: "b", count: 12_000)
        var clients: [TestClient] = []
        for _ in 0..<6 {
          let client = try test.client()
          try client.send(
            "POST /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 12001\r\n\r\n\(part)")
          clients.append(client)
        }
        // The oldest are displaced, and those that make progress are answered.
        let first = clients[0].takeAll()
        #expect(status(first) == 503 && first.contains("Retry-After"))
        try clients[5].send("b")
        #expect(clients[5].takeAll().hasSuffix("12001"))
        for client in clients { client.close() }
        try await eventually("all are closed") { await test.statistics.openConnections == 0 }
        // Nothing of them is counted any more.
        for _ in 0..<10 {
          #expect(try TestClient.request(test.port, "POST /small", body: part).hasSuffix("12000"))
        }
      }
    }

    @Test func whoHasNoWholeRequestGivesWay() async throws {
      try await run(configure: { $0.maximumConnectionsPerAddress = 5 }) { test in
        let socket = try WebSocketTestClient(port: test.port)
        let idle = try test.client()
        try idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try idle.take(until: "here")
        let halves = try (0..<3).map { _ in
          let client = try test.client()
          try client.send("GET / HTTP/1.1\r\nHo")
          return client
        }
        try await eventually("accepted") { await test.statistics.openConnections == 5 }
        for _ in 0..<20 { #expect(try TestClient.request(test.port, "GET /").hasSuffix("here")) }
        #expect(idle.takeAll().isEmpty)
        try socket.send(9, [1])
        #expect(try socket.receive().opcode == 10)
        _ = halves
      }
      try await run(configure: { $0.maximumConnections = 2 }) { test in
        let held = try (0..<2).map { _ in try test.client() }
        try await eventually("accepted") { await test.statistics.openConnections == 2 }
        #expect(try TestClient.request(test.port, "GET /").hasSuffix("here"))
        _ = held
      }
    }
  }

  @Suite struct AgedSetTests {
    private final class Member {}

    @Test func orderSurvivesWhatIsTakenOutOfTheMiddle() {
      let members = (0..<5).map { _ in Member() }
      var line = AgedByNetwork<Member>()
      for member in members { line.append(member, of: "a") }
      line.append(Member(), of: "b")
      #expect(line.fullest == "a" && line.count == 6)
      #expect(
        line.remove(members[4], of: "a") && !line.remove(members[4], of: "a")
          && line.remove(members[0], of: "a"))
      #expect(line.removeNewest(of: "a") === members[3])
      let late = Member()
      line.append(late, of: "a")
      #expect(line.removeOldest(of: "a") === members[1] && line.removeNewest(of: "a") === late)
      #expect(
        line.removeOldest(of: "a") === members[2] && line.removeOldest(of: "a") == nil && line.count == 1)
    }
  }
}

/// Whether GLib has the string among those that it never frees.
private func isKeptByGLib(_ text: String) -> Bool { g_quark_try_string(text) != 0 }
