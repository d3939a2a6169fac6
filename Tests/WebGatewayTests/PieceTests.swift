import Glibc
import Testing
import WebGateway

extension GatewayServerTests {
  /// Answers that are produced while the client takes them.
  @Suite struct PieceTests {
    private struct Broken: Error {}

    /// Makes pieces of one letter each.
    ///
    /// - Parameters:
    ///   - count: how many, `nil` without end.
    ///   - made: counts them.
    @GatewayActor private static func routes(
      _ server: WebServer, bytes: Int, count: Int?, made: Shared<Int>, fails: Bool = false
    ) {
      server.route(.get, "/long") { _ in
        HTTPResponse(
          status: 200,
          body: .pieces {
            let number = made.value
            if number == count {
              if fails { throw Broken() }
              return nil
            }
            made.update { $0 += 1 }
            return [UInt8](repeating: UInt8(ascii: "a") + UInt8(number % 26), count: number == 1 ? 0 : bytes)
          })
      }
      server.route(.get, "/short") { _ in .text("short") }
    }

    @Test func piecesArriveInOrderAndTheConnectionIsKept() async throws {
      let made = Shared(0)
      try await TestServer.run(routes: { Self.routes($0, bytes: 3, count: 4, made: made) }) { test in
        let client = try test.client()
        try client.send("GET /long HTTP/1.1\r\nHost: localhost:\(test.port)\r\n\r\n")
        let answer = try client.take(until: "\r\n0\r\n\r\n")
        #expect(status(answer) == 200 && answer.contains("Transfer-Encoding: chunked"))
        // The second is empty.
        #expect(answer.hasSuffix("\r\n\r\n3\r\naaa\r\n3\r\nccc\r\n3\r\nddd\r\n0\r\n\r\n"))
        try client.send("GET /short HTTP/1.1\r\nHost: localhost:\(test.port)\r\nConnection: close\r\n\r\n")
        #expect(client.takeAll().hasSuffix("short"))
      }
    }

    @Test func anOldClientGetsThemPlain() async throws {
      let made = Shared(0)
      try await TestServer.run(routes: { Self.routes($0, bytes: 3, count: 3, made: made) }) { test in
        let client = try test.client()
        try client.send("GET /long HTTP/1.0\r\nHost: localhost:\(test.port)\r\n\r\n")
        let answer = client.takeAll()
        #expect(answer.hasSuffix("\r\n\r\naaaccc") && !answer.contains("chunked"))
      }
    }

    @Test func aHeadRequestMakesNone() async throws {
      let made = Shared(0)
      try await TestServer.run(routes: { Self.routes($0, bytes: 3, count: 3, made: made) }) { test in
        let answer = try TestClient.request(test.port, "HEAD /long")
        #expect(status(answer) == 200 && answer.hasSuffix("\r\n\r\n") && made.value == 0)
      }
    }

    /// A part must not be mistaken for the whole: the last chunk is missing.
    @Test func whatFailsInTheMiddleIsCutOff() async throws {
      let made = Shared(0)
      try await TestServer.run(routes: { Self.routes($0, bytes: 3, count: 3, made: made, fails: true) }) {
        test in
        let answer = try TestClient.request(test.port, "GET /long")
        #expect(answer.contains("3\r\nccc\r\n") && !answer.contains("0\r\n\r\n"))
        try await eventually("still connected") { await test.statistics.openConnections == 0 }
      }
    }

    /// However much there is, no more is produced than the client takes and the system's buffers hold.
    @Test func aReaderThatDoesNotReadHoldsItUp() async throws {
      let made = Shared(0)
      try await TestServer.run(
        configure: { $0.responseTimeout = 1 },
        routes: { Self.routes($0, bytes: 1 << 20, count: nil, made: made) }
      ) { test in
        let client = try TestClient(port: test.port, receiveBuffer: 8192)
        try client.send("GET /long HTTP/1.1\r\nHost: localhost:\(test.port)\r\n\r\n")
        // And it is not waited for indefinitely.
        try await eventually("still connected") {
          let open = await test.statistics.openConnections
          return made.value > 0 && open == 0
        }
        #expect(made.value < 16)
      }
    }

    @Test func aReaderThatGoesAwayEndsIt() async throws {
      let made = Shared(0)
      try await TestServer.run(routes: { Self.routes($0, bytes: 1 << 16, count: nil, made: made) }) { test in
        let client = try test.client()
        try client.send("GET /long HTTP/1.1\r\nHost: localhost:\(test.port)\r\n\r\n")
        _ = try client.take(1 << 20)
        client.reset()
        try await eventually("still connected") { await test.statistics.openConnections == 0 }
      }
    }
  }
}
