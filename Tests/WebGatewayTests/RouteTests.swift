import Glibc
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct RouteTests {
    @GatewayActor static func routes(_ server: WebServer) {
      server.route(.get, "/hello/:name") { request in
        .text("\(request.method) \(request.parameters["name"]!) \(request.query["q"] ?? "-")")
      }
      server.route(.post, "/echo") { request in
        await Task.yield()
        return HTTPResponse(
          status: 201, headers: [("X-Bytes", "\(request.body.count)")], body: .bytes(request.body))
      }
      server.route(.get, "/token") { .text($0.bearerToken ?? "none") }
      server.route(.get, "/slow") { _ in
        try? await Task.sleep(for: .milliseconds(50))
        return .text("done")
      }
      server.route(.delete, "/problem") { _ in
        .problem(status: 429, title: "Too \"Many\"", detail: "d", code: "c", retryAfter: 7)
      }
    }

    @Test func whatAForeignPageSendsIsRefused() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        func post(from origin: String) throws -> Int {
          status(try TestClient.request(test.port, "POST /echo", headers: ["Origin: \(origin)"], body: "abc"))
        }
        #expect(try post(from: "http://localhost:\(test.port)") == 201)
        #expect(try post(from: "https://evil.example") == 403)
        #expect(try post(from: "null") == 403)
        let read = try TestClient.request(test.port, "GET /slow", headers: ["Origin: https://evil.example"])
        #expect(status(read) == 200)
      }
    }

    @Test func routesAnswer() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        let answer = try TestClient.request(test.port, "GET /hello/J%C3%B6rg?q=a+b")
        #expect(status(answer) == 200)
        #expect(answer.hasSuffix("\r\n\r\nGET Jörg a+b"))
        for header in [
          "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cache-Control: no-store",
          "Connection: close",
        ] { #expect(answer.contains(header + "\r\n")) }
        let head = try TestClient.request(test.port, "HEAD /hello/x")
        #expect(status(head) == 200 && head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 8"))
        #expect(try TestClient.request(test.port, "GET /slow").hasSuffix("done"))
        #expect(try TestClient.request(test.port, "POST /echo", body: "abc").hasSuffix("\r\n\r\nabc"))
        try await eventually("all are logged") { test.requests == 4 }
      }
    }

    @Test func tokens() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        // Addresses end up in histories and logs.
        #expect(try TestClient.request(test.port, "GET /token?token=abc").hasSuffix("none"))
        let header = try TestClient.request(
          test.port, "GET /token?token=abc", headers: ["Authorization: bearer xyz"])
        #expect(header.hasSuffix("\r\nxyz"))
        #expect(
          try TestClient.request(test.port, "GET /token", headers: ["Authorization: Basic x"]).hasSuffix(
            "none"))
        try await eventually("the requests are logged") { test.events.all.count >= 4 }
        #expect(
          !test.events.all.contains { $0.description.contains("abc") || $0.description.contains("xyz") })
      }
    }

    @Test func aHeaderBeginsNoOther() async throws {
      try await TestServer.run(routes: { server in
        server.route(.get, "/") { _ in
          HTTPResponse(
            status: 200,
            headers: [
              ("X-One", "a\r\nSet-Cookie: one=1"), ("X-Two\r\nSet-Cookie", "two=2"), ("X-Three", "a\u{1}b"),
              ("X-Four", "4"),
            ])
        }
      }) { test in
        let answer = try TestClient.request(test.port, "GET /")
        #expect(status(answer) == 200 && answer.contains("X-Four: 4\r\n"))
        for text in ["Set-Cookie", "X-One", "X-Two", "X-Three"] { #expect(!answer.contains(text)) }
      }
    }

    @Test func problems() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        for path in ["/nothing", "/hello", "/hello/a/b", "/echofoo", "/echo/"] {
          let answer = try TestClient.request(test.port, "GET \(path)")
          expectProblem(answer, 404, "not_found")
        }
        let method = try TestClient.request(test.port, "GET /echo")
        expectProblem(method, 405, "method_not_allowed")
        #expect(method.contains("Allow: POST\r\n"))
        #expect(try TestClient.request(test.port, "PUT /hello/a").contains("Allow: GET, HEAD\r\n"))
        for path in ["/a%2fb", "/hello/%00", "/%", "//hello"] {
          #expect(status(try TestClient.request(test.port, "GET \(path)")) == 400, "\(path)")
        }
        let problem = try TestClient.request(test.port, "DELETE /problem")
        #expect(problem.contains("Retry-After: 7\r\n"))
        #expect(
          problem.hasSuffix(
            #"{"type":"about:blank","title":"Too \"Many\"","status":429,"detail":"d","code":"c","retry_after":7}"#
          ))
      }
    }

    @Test func nonsenseIsRefused() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        for bytes in [
          "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}garbage\r\n\r\n",
        ] {
          let client = try test.client()
          try client.send(bytes)
          let answer = client.takeAll()
          #expect(answer.isEmpty || (400...501).contains(status(answer)), "\(answer)")
        }
        #expect(status(try TestClient.request(test.port, "OPTIONS *")) >= 400)
        #expect(status(try TestClient.request(test.port, "GET /slow")) == 200)
      }
    }

    @Test func aRangeIsIgnored() async throws {
      try await TestServer.run(routes: Self.routes) { test in
        let answer = try TestClient.request(test.port, "GET /hello/x", headers: ["Range: bytes=0-1,1-2,2-3"])
        #expect(status(answer) == 200)
      }
    }

    @Test func bodiesHaveABound() async throws {
      try await TestServer.run(configure: { $0.maximumBodyBytes = 1000 }, routes: Self.routes) { test in
        #expect(
          status(try TestClient.request(test.port, "POST /echo", body: String(repeating: "x", count: 1000)))
            == 201)
        // Announced: refused before it is sent.
        let announced = try test.client()
        try announced.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n")
        expectProblem(announced.takeAll(), 413, "too_large")
        let expecting = try test.client()
        try expecting.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n"
        )
        expectProblem(expecting.takeAll(), 413, "too_large")
        let chunked = try test.client()
        try chunked.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<3 { try chunked.send("190\r\n" + String(repeating: "y", count: 400) + "\r\n") }
        expectProblem(chunked.takeAll(), 413, "too_large")
        // Sent completely all the same: the answer must not be lost to a reset.
        let whole = try test.client()
        try whole.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n"
            + String(repeating: "z", count: 300_000))
        expectProblem(whole.takeAll(), 413, "too_large")
      }
    }

    @Test func slowRequestsAreCutOff() async throws {
      try await TestServer.run(
        configure: {
          $0.headerTimeout = 0.2
          $0.bodyTimeout = 0.2
        }, routes: Self.routes
      ) { test in
        let silent = try test.client()
        let slowHeaders = try test.client()
        try slowHeaders.send("GET /hello/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n")
        let slowBody = try test.client()
        try slowBody.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabc")
        for client in [silent, slowHeaders, slowBody] { expectProblem(client.takeAll(), 408, "too_slow") }
        #expect(test.events.all.contains { if case .slowRequests = $0 { true } else { false } })
        // A handler may take longer than that.
        #expect(status(try TestClient.request(test.port, "GET /slow")) == 200)
      }
    }

    @Test func aClientThatGoesAwayHarmsNobody() async throws {
      let release = Shared(false)
      let entered = Shared(0)
      try await TestServer.run(routes: { server in
        Self.routes(server)
        server.route(.get, "/wait") { _ in
          entered.update { $0 += 1 }
          while !release.value { try? await Task.sleep(for: .milliseconds(5)) }
          return .text(String(repeating: "x", count: 1_000_000))
        }
      }) { test in
        for sent in [
          "", "GET /he", "GET /hello/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc",
        ] {
          let closing = try test.client()
          try closing.send(sent)
          closing.close()
          let resetting = try test.client()
          try resetting.send(sent)
          resetting.reset()
        }
        let waiting = try (0..<4).map { _ in try test.client() }
        for client in waiting {
          try client.send("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        try await eventually("handlers run") { entered.value == 4 }
        waiting[0].close()
        waiting[1].reset()
        release.update { $0 = true }
        #expect(waiting[2].takeAll().count > 1_000_000)
        _ = try waiting[3].take(10)
        waiting[3].reset()
        try await eventually("all are closed") { await test.statistics.openConnections == 0 }
        #expect(status(try TestClient.request(test.port, "GET /hello/x")) == 200)
      }
    }
  }
}
