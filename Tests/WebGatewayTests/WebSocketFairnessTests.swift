import GLibRuntime
import Glibc
import Testing

@testable import WebGateway

extension GatewayServerTests {
  /// Many at once, each within its limits.
  @Suite struct WebSocketFairnessTests {
    typealias Client = WebSocketTestClient

    @Test func whatManySendAtOnceKeepsNobodyWaiting() async throws {
      let handled = Shared(0)
      try await TestServer.run(
        routes: { server in
          server.webSocketRoute("/socket", subprotocol: Client.subprotocol) { _ in
            .accept { connection in
              connection.onText = { _ in
                // What a message costs at worst.
                usleep(2_000)
                handled.update { $0 += 1 }
              }
            }
          }
        }
      ) { test in
        let many = try (0..<10).map { _ in try Client(port: test.port) }
        let honest = try Client(port: test.port)
        let texts = (0..<200).flatMap { _ in Client.frame(1, [65]) }
        for client in many { try client.client.send(texts) }
        try await eventually("the first are handled") { handled.value > 0 }
        let before = handled.value
        try honest.send(9, [7])
        #expect(try honest.receive().payload == [7])
        // Each has a turn of a message or two before it is the honest one's again.
        #expect(handled.value - before < 200, "the answer came after \(handled.value) of 2000")
        // And what had to wait is not lost.
        try await eventually("all are handled", within: 30) { handled.value == 2_000 }
      }
    }

    /// However many turns its messages take, what arrived at once is measured against the window as a whole.
    @Test func theWindowHoldsForWhatIsHandledInSeveralTurns() async throws {
      try await TestServer.run(
        routes: { server in
          server.webSocketRoute("/socket", subprotocol: Client.subprotocol) { _ in
            .accept { connection in
              connection.window = 4
              connection.onBinary = { [unowned connection] _ in
                usleep(2_000)
                connection.answer(text: "dealt with")
              }
            }
          }
        }
      ) { test in
        let flood = try Client(port: test.port)
        try flood.client.send((0..<50).flatMap { _ in Client.frame(2, [1]) })
        var last = try flood.receive()
        while last.opcode != 8 { last = try flood.receive() }
        #expect(last.code == 1008)
        #expect(await test.statistics.webSocketFloods == 1)

        let honest = try Client(port: test.port)
        for _ in 0..<20 {
          try honest.client.send((0..<4).flatMap { _ in Client.frame(2, [1]) })
          for _ in 0..<4 { #expect(try honest.receive().text == "dealt with") }
        }
        #expect(await test.statistics.webSocketFloods == 1)
      }
    }

    @Test func whatWaitsForAllHasABoundAndWhoUsesMostOfItsOwnGivesWay() async throws {
      let connections = Shared<[WebSocketConnection]>([])
      let closed = Shared<[Int]>([])
      try await TestServer.run(
        configure: {
          $0.maximumPendingBytes = 2_000_000
          $0.maximumPendingBytesOfAll = 1_000_000
          $0.closeTimeout = 0.3
        },
        routes: { server in
          server.webSocketRoute("/socket", subprotocol: Client.subprotocol) { _ in
            .accept { connection in
              let number = connections.value.count
              connection.onClose = { _ in closed.update { $0.append(number) } }
              connections.update { $0.append(connection) }
            }
          }
        }
      ) { test in
        let clients = try (0..<5).map { _ in try Client(port: test.port, receiveBuffer: 4096) }
        try await eventually("accepted") { connections.value.count == 5 }
        let payload = SharedBytes([UInt8](repeating: 1, count: 15_000))
        @GatewayActor func fill(_ number: Int, to bytes: Int) {
          let connection = connections.value[number]
          while connection.isOpen, connection.pendingBytes < bytes {
            connection.send(binaryHeader: [1], payload: payload)
          }
        }
        // In one turn, so that the kernel takes nothing meanwhile.
        await Task { @GatewayActor in
          // One with a high limit that uses little of it, like a teacher whose history is being sent.
          for connection in connections.value.dropFirst() { connection.maximumPendingBytes = 400_000 }
          fill(0, to: 300_000)
          for number in 1..<4 { fill(number, to: 80_000) }
          fill(4, to: 380_000)
          #expect(closed.value.isEmpty)
          // It is not the one that requests the last bytes.
          fill(1, to: 190_000)
          #expect(closed.value == [4])
          // Others have capacity again.
          fill(2, to: 190_000)
          #expect(closed.value == [4])
        }.value
        #expect(await test.statistics.webSocketOverflows == 1)
        for client in clients { client.client.close() }
        try await eventually("freed") { await test.statistics.openConnections == 0 }
      }
    }
  }
}
