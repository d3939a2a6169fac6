import GLibRuntime
import Testing

@testable import WebGateway

/// Requests as they arrive through a proxy, here from loopback.
extension GatewayServerTests {
  @Suite struct ProxiedRequestTests {
    @GatewayActor static func routes(_ server: WebServer) {
      server.route(.get, "/who") { .text("\($0.remoteAddress) \($0.isSecure) \($0.path)") }
      server.route(.post, "/who") { .text($0.remoteAddress) }
      server.route(.get, "/token") { .text($0.bearerToken ?? $0.ticketHolder ?? "none") }
      server.webSocketRoute("/socket", subprotocol: WebSocketTestClient.subprotocol) { request in
        .accept { $0.send(text: "\($0.remoteAddress) \(request.bearerToken ?? "none")") }
      }
      server.route(.get, "/live.mjpeg") { _ in
        HTTPResponse(status: 200, body: .pictures { $0.offer(SharedBytes([0xff, 0xd8])) })
      }
      server.acceptTickets { ticket, path in ticket == "good" && path == "/token" ? "secret" : nil }
    }

    private func behindProxy(
      _ change: (inout GatewayConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
      try await TestServer.run(
        configure: {
          $0.trustedProxies = [IPNetwork("127.0.0.0/8")!]
          $0.publicURL = try? PublicURL("https://school.example/exam")
          change(&$0)
        }, routes: Self.routes, body)
    }

    @Test func theClientIsWhomTheProxyNames() async throws {
      try await behindProxy { test in
        let headers = ["X-Forwarded-For: 6.6.6.6, 192.0.2.1", "X-Forwarded-Proto: https"]
        let answer = try TestClient.request(test.port, "GET /exam/who", headers: headers)
        #expect(answer.hasSuffix("192.0.2.1 true /who"))
        #expect(
          try TestClient.request(test.port, "GET /who", headers: headers).hasSuffix("192.0.2.1 true /who"))
        let socket = try TestClient(port: test.port)
        try socket.send(
          WebSocketTestClient.handshake(
            port: test.port, path: "/exam/socket", subprotocol: "token.abc, test.v1",
            origin: "https://school.example", extra: headers))
        #expect(try socket.take(until: "\r\n\r\n").contains("Sec-WebSocket-Protocol: test.v1\r\n"))
        #expect(String(decoding: try socket.take(15)[2...], as: UTF8.self).hasPrefix("192.0.2.1 abc"))
        socket.close()
        try await eventually("the log names the client") {
          test.events.all.contains { $0 == .webSocketOpened(target: "/exam/socket", address: "192.0.2.1") }
            && test.events.all.contains {
              if case .request(_, "/exam/who", 200, "192.0.2.1", _) = $0 { true } else { false }
            }
        }
        #expect(
          !test.events.all.contains { $0.description.contains("abc") || $0.description.contains("6.6.6.6") })
      }
    }

    @Test func whoIsNoProxyGainsNothing() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        let headers = [
          "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "Forwarded: for=192.0.2.1;proto=https",
        ]
        let answer = try TestClient.request(test.port, "GET /who", headers: headers)
        #expect(answer.hasSuffix("127.0.0.1 false /who") && !answer.contains("Strict-Transport"))
      }
    }

    @Test func connectionsCountForTheClientBehindTheProxy() async throws {
      try await behindProxy({
        $0.maximumConnectionsPerAddress = 2
        $0.pictureRepeatInterval = 0.1
      }) { test in
        func stream(for address: String) throws -> TestClient {
          let client = try test.client()
          try client.send("GET /live.mjpeg HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(address)\r\n\r\n")
          return client
        }
        var open: [TestClient] = []
        for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1"] {
          let client = try stream(for: address)
          #expect(status(try client.take(until: "\r\n\r\n")) == 200)
          open.append(client)
        }
        let refused = try stream(for: "192.0.2.1")
        #expect(status(try refused.take(until: "\r\n\r\n")) == 503)
        #expect(
          status(try TestClient.request(test.port, "GET /who", headers: ["X-Forwarded-For: 192.0.2.3"]))
            == 200)
        try await eventually("told") {
          test.events.all.contains {
            if case .connectionsRefused(1, "192.0.2.1", .perAddress) = $0 { true } else { false }
          }
        }
        open[0].close()
        try await eventually("there is room again") {
          status(try TestClient.request(test.port, "GET /who", headers: ["X-Forwarded-For: 192.0.2.1"]))
            == 200
        }
      }
    }

    @Test func whatAProxyOpensAheadCountsForNobody() async throws {
      try await behindProxy({ $0.maximumConnectionsPerAddress = 2 }) { test in
        let clients = try (0..<6).map { _ in try test.client() }
        try await eventually("all are open") { await test.statistics.openConnections == 6 }
        for (number, client) in clients.enumerated() {
          try client.send("GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.\(number)\r\n\r\n")
          #expect(status(try client.take(until: "\r\n\r\n")) == 200)
        }
        for client in clients { client.close() }
      }
    }

    @Test func aProxysKeptConnectionCountsForNobodyBetweenTwoRequests() async throws {
      try await behindProxy({ $0.maximumConnectionsPerAddress = 1 }) { test in
        let kept = try test.client()
        for address in ["192.0.2.1", "192.0.2.2", "192.0.2.1"] {
          try kept.send("GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(address)\r\n\r\n")
          #expect(status(try kept.take(until: "\r\n\r\n")) == 200)
          _ = try kept.take("\(address) false /who".utf8.count)
        }
        try await eventually("the address has room") {
          status(try TestClient.request(test.port, "GET /who", headers: ["X-Forwarded-For: 192.0.2.1"]))
            == 200
        }
        kept.close()
      }
    }

    @Test func thePrefixWithoutItsSlashLeadsToThePage() async throws {
      try await behindProxy { test in
        let answer = try TestClient.request(test.port, "GET /exam")
        #expect(status(answer) == 308 && answer.contains("\r\nLocation: /exam/\r\n"))
      }
    }

    @Test func ofTheRefusedTheLogNamesTheSetting() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        func get(host: String, method: String = "GET", origin: String? = nil) throws -> String {
          let client = try test.client()
          try client.send(
            "\(method) /who HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\nContent-Length: 0\r\n"
              + (origin.map { "Origin: \($0)\r\n" } ?? "") + "\r\n")
          return client.takeAll()
        }
        for _ in 0..<5 {
          let answer = try get(host: "evil.example")
          #expect(status(answer) == 421 && answer.contains("\"bad_host\"") && answer.contains("public_url"))
        }
        #expect(status(try get(host: "localhost:\(test.port)", method: "POST")) == 200)
        let foreign = try get(
          host: "localhost:\(test.port)", method: "POST", origin: "https://school.example")
        #expect(
          status(foreign) == 403 && foreign.contains("\"bad_origin\"") && foreign.contains("public_url"))
        #expect(!foreign.contains("school.example") && !foreign.contains("127.0.0.1"))
        let refusals = test.events.all.map(\.description).filter { $0.contains("refused") }
        #expect(refusals.count == 2, "\(refusals)")
        #expect(refusals[0].contains("host evil.example") && refusals[0].contains("allowed_hosts"))
        #expect(refusals[1].contains("page of https://school.example") && refusals[1].contains("public_url"))
      }
    }

    @Test func everyAnswerIsGuarded() async throws {
      try await behindProxy({ $0.maximumBodyBytes = 10 }) { test in
        let https = ["X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1"]
        func raw(_ text: String) throws -> String {
          let client = try test.client()
          try client.send(text)
          return client.takeAll()
        }
        let host = "Host: school.example\r\nConnection: close\r\n" + https.joined(separator: "\r\n") + "\r\n"
        let answers = [
          200: try raw("GET /who HTTP/1.1\r\n\(host)\r\n"), 404: try raw("GET /no HTTP/1.1\r\n\(host)\r\n"),
          405: try raw("DELETE /who HTTP/1.1\r\n\(host)\r\n"),
          426: try raw("GET /socket HTTP/1.1\r\n\(host)\r\n"),
          308: try raw("GET /exam HTTP/1.1\r\n\(host)\r\n"), 400: try raw("GET /%00 HTTP/1.1\r\n\(host)\r\n"),
          401: try raw("GET /token?ticket=bad HTTP/1.1\r\n\(host)\r\n"),
          421: try raw("GET /who HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
          413: try raw("POST /who HTTP/1.1\r\n\(host)Content-Length: 11\r\n\r\n12345678901"),
        ]
        for (expected, answer) in answers {
          #expect(status(answer) == expected)
          for header in [
            "Content-Security-Policy: default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
            "Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin",
            "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
          ] { #expect(answer.contains("\r\n\(header)\r\n"), "\(expected) without \(header)") }
          let demands = answer.contains("\r\nStrict-Transport-Security: max-age=31536000\r\n")
          #expect(demands == (expected != 421 && expected != 413), "\(expected)")
        }
        // What libsoup answers by itself.
        let nonsense = try raw("GET\r\n\r\n")
        #expect(nonsense.isEmpty || nonsense.contains("Content-Security-Policy"), "\(nonsense)")
      }
    }

    @Test func aTicketStandsForATokenInAddressesAlone() async throws {
      try await behindProxy { test in
        func answer(_ line: String, body: String? = nil) throws -> String {
          try TestClient.request(test.port, line, body: body)
        }
        let redeemed = try answer("GET /exam/token?ticket=good")
        #expect(redeemed.hasSuffix("secret"))
        #expect(status(try answer("GET /who?ticket=good")) == 401)
        #expect(status(try answer("GET /token?ticket=other")) == 401)
        #expect(status(try answer("POST /who?ticket=other", body: "")) == 200)
      }
    }
  }
}
