import Foundation
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
        let answer = try TestClient.request(test.port, "GET /")
        #expect(ContinuousClock.now - start >= .milliseconds(290))
        #expect(status(answer) == 429 && answer.contains("too_many_requests"))
        #expect(answer.contains("Retry-After: ") && answer.contains("Connection: close"))
        try await eventually("it is closed") { await test.statistics.openConnections == 0 }
      }
    }

    /// The budget is of the address, whatever the connection, and comes back.
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

    /// Nobody reads those who wait, so nobody would find out that they gave way.
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
          return now.acceptedConnections == 21 && now.openConnections == 5
        }
        for client in clients { client.close() }
      }
    }
  }
}
