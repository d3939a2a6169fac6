import Foundation
import GLibRuntime
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct RequestLineTests {
    private func run(
      _ configure: (inout GatewayConfiguration) -> Void, _ body: (TestServer) async throws -> Void
    ) async throws {
      try await TestServer.run(
        configure: configure, routes: { $0.route(.get, "/") { _ in .text("here") } }, body)
    }

    private func get(_ test: TestServer) throws {
      let answer = try TestClient.request(test.port, "GET /")
      #expect(status(answer) == 200)
    }

    @Test func whatIsOverTheBudgetWaitsAndIsTold() async throws {
      try await run({
        $0.requestsPerAddress = .init(perSecond: 0.001, burst: 3)
        $0.requestPatience = 0.3
      }) { test in
        for _ in 0..<3 { try get(test) }
        let start = ContinuousClock.now
        // One that would send further requests on the connection, as a browser does.
        let client = try test.client()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = client.takeAll()
        #expect(ContinuousClock.now - start >= .milliseconds(290))
        #expect(status(answer) == 429 && answer.contains("too_many_requests"))
        #expect(answer.contains("Retry-After: ") && answer.contains("Connection: close"))
        try await eventually("it is closed") { await test.statistics.openConnections == 0 }
      }
    }

    /// Everything that comes through a proxy comes from one address.
    @Test func behindAProxyEachClientHasABudgetOfItsOwn() async throws {
      try await run({
        $0.trustedProxies = [IPNetwork("127.0.0.0/8")!]
        $0.requestsPerAddress = .init(perSecond: 0.001, burst: 3)
        $0.requestPatience = 0.3
      }) { test in
        func answer(to client: String) throws -> String {
          try TestClient.request(test.port, "GET /", headers: ["X-Forwarded-For: \(client)"])
        }
        for client in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
          for _ in 0..<3 { #expect(status(try answer(to: client)) == 200, "\(client)") }
        }
        for client in ["192.0.2.1", "2001:db8::2"] {
          let refused = try answer(to: client)
          #expect(status(refused) == 429 && refused.contains("too_many_requests"), "\(client)")
        }
        #expect(status(try answer(to: "192.0.2.3")) == 200)
      }
    }

    /// The budget belongs to the address, whatever the connection, and is refilled.
    @Test func whoWaitsALittleIsServed() async throws {
      try await run({ $0.requestsPerAddress = .init(perSecond: 20, burst: 1) }) { test in
        let client = try test.client()
        let start = ContinuousClock.now
        for _ in 0..<10 {
          try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
          #expect(try client.take(until: "here").hasPrefix("HTTP/1.1 200"))
          _ = try TestClient.request(test.port, "GET /")
        }
        #expect(ContinuousClock.now - start >= .milliseconds(900))
      }
    }

    @Test func allTogetherHaveAPace() async throws {
      try await run({ $0.requestPace = .init(perSecond: 100, burst: 1) }) { test in
        let start = ContinuousClock.now
        for _ in 0..<50 { try get(test) }
        #expect(ContinuousClock.now - start >= .milliseconds(450))
      }
    }

    /// Nobody reads from connections that wait, so nobody would notice that they were displaced.
    @Test func whoWaitsGivesWayAtOnce() async throws {
      try await run({
        $0.requestsPerAddress = .init(perSecond: 0.001, burst: 1)
        $0.requestPatience = 60
        $0.maximumConnectionsPerAddress = 5
      }) { test in
        try get(test)
        let clients = try (0..<20).map { _ in try test.client() }
        try await eventually("the older ones are closed") {
          let now = await test.statistics
          return now.refusedConnections == 15 && now.openConnections == 5
        }
        for client in clients { client.close() }
      }
    }
  }
}
