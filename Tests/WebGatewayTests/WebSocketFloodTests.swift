import GLibRuntime
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct WebSocketFloodTests {
    struct Flood: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let bytes: [UInt8]

      /// This many frames of one kind, one after the other.
      init(
        _ text: String, _ count: Int, opcode: UInt8, payload: Int = 0, final: Bool = true, after: [UInt8] = []
      ) {
        testDescription = text
        let frame = WebSocketTestClient.frame(opcode, [UInt8](repeating: 65, count: payload), final: final)
        bytes = after + (0..<count).flatMap { _ in frame }
      }
    }

    static let beginning = WebSocketTestClient.frame(2, [1], final: false)

    static let floods = [
      Flood("too many pings", 200, opcode: 9),
      Flood("too many pings", 200, opcode: 9, payload: 125, after: beginning),
      Flood("too many pings", 200, opcode: 10),
      Flood("too many text messages", 300, opcode: 1),
      Flood("too many bytes of text", 40, opcode: 1, payload: 10_000),
      Flood("too many binary messages", 300, opcode: 2),
      Flood("too many bytes of binary messages", 40, opcode: 2, payload: 10_000),
      Flood("too many frames", 3_000, opcode: 0, final: false, after: beginning),
      Flood("too many frames", 3_000, opcode: 0, payload: 1, final: false, after: beginning),
    ]

    private func run(_ body: (TestServer) async throws -> Void) async throws {
      try await TestServer.run(
        configure: {
          $0.webSocketBudget.controls = .init(perSecond: 1, burst: 50)
          $0.webSocketBudget.texts = .init(perSecond: 1, burst: 100)
          $0.webSocketBudget.textBytes = .init(perSecond: 1, burst: 100_000)
          $0.webSocketBudget.binaries = .init(perSecond: 1, burst: 100)
          $0.webSocketBudget.binaryBytes = .init(perSecond: 1, burst: 100_000)
          $0.webSocketBudget.frames = .init(perSecond: 1, burst: 1_000)
          $0.closeTimeout = 1
        },
        routes: { server in
          server.webSocketRoute("/socket", subprotocol: WebSocketTestClient.subprotocol) { _ in
            .accept { connection in
              connection.onText = { [unowned connection] in connection.send(text: $0) }
            }
          }
          server.webSocketRoute("/strict", subprotocol: WebSocketTestClient.subprotocol) { _ in
            .accept { $0.budget.controls = .init(perSecond: 1, burst: 5) }
          }
          server.webSocketRoute("/window", subprotocol: WebSocketTestClient.subprotocol) { _ in
            .accept { connection in
              connection.window = 8
              connection.onBinary = { [unowned connection] _ in connection.answer(text: "dealt with") }
            }
          }
        }, body)
    }

    @Test(arguments: floods) func aFloodIsClosedWithItsName(flood: Flood) async throws {
      try await run { test in
        let client = try WebSocketTestClient(port: test.port)
        try client.client.send(flood.bytes)
        var last = try client.receive()
        while last.opcode != 8 { last = try client.receive() }
        #expect(last.code == 1008)
        #expect(String(decoding: last.payload.dropFirst(2), as: UTF8.self) == flood.testDescription)
        #expect(await test.statistics.webSocketFloods == 1)
        client.client.close()
        try await eventually("closed") { await test.statistics.openConnections == 0 }
      }
    }

    @Test func aConnectionCanHaveABudgetOfItsOwn() async throws {
      try await run { test in
        let client = try WebSocketTestClient(port: test.port, path: "/strict")
        try client.client.send((0..<6).flatMap { WebSocketTestClient.frame(9, [$0]) })
        var last = try client.receive()
        while last.opcode != 8 { last = try client.receive() }
        #expect(last.code == 1008)
      }
    }

    @Test func whatFitsIntoTheBudgetIsTaken() async throws {
      try await run { test in
        let client = try WebSocketTestClient(port: test.port)
        for _ in 0..<20 { try client.send(9, [1]) }
        for number in 0..<90 { try client.send(text: "\(number)") }
        var texts = 0
        while texts < 90 { if try client.receive().opcode == 1 { texts += 1 } }
        #expect(await test.statistics.webSocketFloods == 0)
      }
    }

    @Test func onlyTheNewestPingOfATurnIsAnswered() async throws {
      try await run { test in
        let client = try WebSocketTestClient(port: test.port)
        try client.client.send(
          (0..<40).flatMap { WebSocketTestClient.frame(9, [$0]) } + WebSocketTestClient.frame(1, [65]))
        var pongs: [[UInt8]] = []
        while case let frame = try client.receive(), frame.opcode != 1 { pongs.append(frame.payload) }
        #expect(pongs.last == [39])
        #expect(pongs.count < 5, "\(pongs)")
      }
    }

    @Test func whoDoesNotWaitForAnswersIsClosed() async throws {
      try await run { test in
        let patient = try WebSocketTestClient(port: test.port, path: "/window")
        for _ in 0..<9 {
          // As many as allowed, in one piece; then their answers are there.
          try patient.client.send((0..<8).flatMap { _ in WebSocketTestClient.frame(2, [1]) })
          for _ in 0..<8 { #expect(try patient.receive().text == "dealt with") }
        }
        #expect(await test.statistics.webSocketFloods == 0)
        let hasty = try WebSocketTestClient(port: test.port, path: "/window")
        // One more than allowed, so that the limit is exactly as documented.
        try hasty.client.send((0..<9).flatMap { _ in WebSocketTestClient.frame(2, [1]) })
        var last = try hasty.receive()
        while last.opcode != 8 { last = try hasty.receive() }
        #expect(last.code == 1008)
        #expect(String(decoding: last.payload.dropFirst(2), as: UTF8.self).contains("window"))
      }
    }

    @Test func whoFloodsOnIsNotReadForEver() async throws {
      try await run { test in
        let client = try WebSocketTestClient(port: test.port)
        let piece = [UInt8](repeating: 65, count: 1_000_000)
        try client.client.send(WebSocketTestClient.frame(1, [UInt8](repeating: 0xff, count: 10)))
        // The kernel's buffers take a few of them; then nobody reads any more, until the connection is closed.
        var sent = 0
        while sent < 60, (try? client.client.send(piece)) != nil { sent += 1 }
        #expect(sent < 40, "\(sent) MB were taken")
        try await eventually("closed") { await test.statistics.openConnections == 0 }
      }
    }
  }
}
