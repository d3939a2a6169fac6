import Foundation
import GLibRuntime
import Glibc
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct ConnectionTests {
    private func run(
      configure: (inout GatewayConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
      try await TestServer.run(
        configure: configure,
        routes: { server in
          server.route(.get, "/") { _ in .text("here") }
          server.webSocketRoute("/socket", subprotocol: WebSocketTestClient.subprotocol) { _ in
            .accept { connection in
              connection.onText = { [unowned connection] in connection.send(text: $0) }
            }
          }
        }, body)
    }

    @Test func connectionsLeaveNoDescriptor() async throws {
      try await run { test in
        _ = try TestClient.request(test.port, "GET /")
        try await eventually("settled") { await test.statistics.openConnections == 0 }
        let before = openSockets()
        for index in 0..<200 {
          switch index % 5 {
          case 0: _ = try TestClient.request(test.port, "GET /")
          case 1: try test.client().close()
          case 2: try test.client().reset()
          case 3: try WebSocketTestClient(port: test.port).client.close()
          default:
            // A kept-alive client that disconnects: by itself, this version of libsoup leaks its descriptor.
            let client = try test.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.take(until: "here")
            client.close()
          }
        }
        try await eventually("all are closed") { await test.statistics.openConnections == 0 }
        try await eventually("no descriptor is left") { openSockets() <= before }
        #expect(test.requests == 121)
      }
    }

    @Test func aConnectionTakesSeveralRequests() async throws {
      try await run(configure: { $0.keepAliveTimeout = 0.3 }) { test in
        let client = try test.client()
        for line in ["GET /", "GET /nothing", "HEAD /", "GET /", "DELETE /"] {
          try client.send("\(line) HTTP/1.1\r\nHost: a\r\n\r\n")
          let head = try client.take(until: "\r\n\r\n")
          #expect(!head.contains("Connection: close"))
          if !line.hasPrefix("HEAD") {
            let length = try #require(head.firstMatch(of: /Content-Length: (\d+)/)?.1)
            _ = try client.take(Int(length)!)
          }
        }
        #expect(await test.statistics.openConnections == 1)
        try await eventually("all were answered") { test.requests == 5 }
        // A WebSocket can be opened on it, too.
        try client.send(WebSocketTestClient.handshake(port: test.port))
        #expect(status(try client.take(until: "\r\n\r\n")) == 101)
        client.close()
        let idle = try test.client()
        try idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try idle.take(until: "here")
        #expect(try !idle.receive(), "closed after its time")
        let old = try test.client()
        try old.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")
        #expect(old.takeAll().hasSuffix("here"))
      }
    }

    @Test func requestsSentAheadAreAnsweredOrTheConnectionCloses() async throws {
      try await run { test in
        let client = try test.client()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.takeAll().hasPrefix("HTTP/1.1 200"))
        #expect(await test.statistics.openConnections == 0)
      }
    }

    @Test func manyAtOnce() async throws {
      try await run { test in
        let clients = try (0..<300).map { _ in try test.client() }
        for client in clients { try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") }
        for client in clients { #expect(client.takeAll().hasSuffix("here")) }
      }
    }

    @Test func capsRefuseClearlyAndTheirLogIsShort() async throws {
      try await run(configure: { $0.maximumConnections = 3 }) { test in
        let held = try (0..<3).map { _ in try WebSocketTestClient(port: test.port).client }
        for _ in 0..<20 {
          let answer = try test.client().takeAll()
          #expect(status(answer) == 503 && answer.contains("Retry-After: 5"))
        }
        #expect(await test.statistics.refusedConnections == 20)
        let refusals = test.events.all.filter { if case .connectionsRefused = $0 { true } else { false } }
        #expect(refusals.count < 5)
        held[0].close()
        try await eventually("a place is free") { await test.statistics.openConnections == 2 }
        #expect(try TestClient.request(test.port, "GET /").hasSuffix("here"))
      }
      try await run(configure: { $0.maximumConnectionsPerAddress = 2 }) { test in
        let held = try (0..<2).map { _ in try WebSocketTestClient(port: test.port).client }
        #expect(status(try test.client().takeAll()) == 503)
        _ = held
      }
    }

    @Test func aShortageOfDescriptorsEndsByItself() async throws {
      try await run { test in
        _ = try TestClient.request(test.port, "GET /")
        let client = try test.client()
        let waiting = try test.client()
        try await eventually("accepted") { await test.statistics.openConnections == 2 }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let old = limit.rlim_cur
        // The next client's own descriptor is the last one.
        let third = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        limit.rlim_cur = rlim_t(third + 1)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = test.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(third, $0, 16) }
        }
        try await eventually("noticed") {
          test.events.all.contains { if case .descriptorsExhausted = $0 { true } else { false } }
        }
        limit.rlim_cur = old
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(connected == 0)
        try await eventually("the waiting connection is accepted") {
          await test.statistics.openConnections == 3
        }
        Glibc.close(third)
        #expect(try TestClient.request(test.port, "GET /").hasSuffix("here"))
        client.close()
        waiting.close()
      }
    }

    @Test func anAddressThatCannotBeBoundIsAnError() async throws {
      try await run { test in
        let second = try await WebServer(configuration: GatewayConfiguration(port: test.port)) { _ in }
        await #expect(throws: ListenProblem.self) { try await second.start() }
        let named = try await WebServer(configuration: GatewayConfiguration(host: "exam.example")) { _ in }
        await #expect(throws: ListenProblem.self) { try await named.start() }
      }
    }

    @Test func aHandlerThatNeverEndsDoesNotKeepTheServer() async throws {
      let clock = ContinuousClock()
      var stopping: Duration?
      let entered = Shared(false)
      try await TestServer.run(routes: { server in
        server.route(.get, "/never") { _ in
          entered.update { $0 = true }
          try? await Task.sleep(for: .seconds(5))
          return .text("late")
        }
      }) { test in
        let client = try test.client()
        try client.send("GET /never HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        try await eventually("entered") { entered.value }
        stopping = await clock.measure { await test.server.stop(within: 0.2) }
        #expect(client.takeAll().isEmpty)
      }
      #expect(try #require(stopping) < .seconds(1))
    }
  }
}
