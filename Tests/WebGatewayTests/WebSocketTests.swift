import Foundation
import GLibRuntime
import Glibc
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct WebSocketTests {
    typealias Client = WebSocketTestClient

    /// What the server's side of the sockets saw.
    final class Seen: Sendable {
      let reasons = Shared<[WebSocketCloseReason]>([])
      let connections = Shared<[WebSocketConnection]>([])
    }

    /// Echoes text and binary messages on `/socket`.
    private func run(
      configure: (inout GatewayConfiguration) -> Void = { _ in },
      _ body: (TestServer, Seen) async throws -> Void
    ) async throws {
      let seen = Seen()
      try await TestServer.run(
        configure: configure,
        routes: { server in
          server.webSocketRoute("/socket", subprotocol: Client.subprotocol) { request in
            if request.query["token"] == "bad" {
              return .refuse(.problem(status: 401, title: "Unauthorized", detail: "d", code: "c"))
            }
            return .accept { connection in
              seen.connections.update { $0.append(connection) }
              connection.onText = { [unowned connection] in connection.send(text: $0) }
              connection.onBinary = { [unowned connection] bytes in
                connection.send(binaryHeader: Array("echo".utf8), payload: SharedBytes(copying: bytes))
              }
              connection.onClose = { reason in seen.reasons.update { $0.append(reason) } }
            }
          }
        }, { try await body($0, seen) })
    }

    @Test func echo() async throws {
      try await run { test, seen in
        let socket = try Client(port: test.port)
        try socket.send(text: "grüße")
        #expect(try socket.receive() == .init(opcode: 1, payload: Array("grüße".utf8)))
        for count in [0, 1, 125, 126, 65535, 65536, 200_000] {
          let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
          try socket.send(2, payload)
          #expect(try socket.receive() == .init(opcode: 2, payload: Array("echo".utf8) + payload))
        }
        try socket.send(9, [1, 2])
        #expect(try socket.receive() == .init(opcode: 10, payload: [1, 2]))
        try socket.send(8, [0x03, 0xe9])
        #expect(try socket.receive().code == 1001)
        #expect(try !socket.client.receive())
        try await eventually("closed") { seen.reasons.value.count == 1 }
        #expect(seen.reasons.value == [.init(cause: .peer, code: 1001, text: "")])
      }
    }

    @Test func aMessageRightBehindTheHandshake() async throws {
      try await run { test, _ in
        let client = try test.client()
        try client.send(Array(Client.handshake(port: test.port).utf8) + Client.frame(1, Array("early".utf8)))
        #expect(status(try client.take(until: "\r\n\r\n")) == 101)
        #expect(try client.take(7) == [0x81, 5] + Array("early".utf8))
      }
    }

    @Test func handshakesThatAreRefused() async throws {
      try await run { test, seen in
        func answer(_ handshake: String) throws -> String {
          let client = try test.client()
          try client.send(handshake)
          return client.takeAll()
        }
        let port = test.port
        #expect(status(try answer(Client.handshake(port: port, subprotocol: nil))) == 400)
        #expect(status(try answer(Client.handshake(port: port, subprotocol: "test.v"))) == 400)
        #expect(status(try answer(Client.handshake(port: port, origin: "http://evil.example"))) == 403)
        #expect(status(try answer(Client.handshake(port: port, path: "/socketfoo"))) == 404)
        let refused = try answer(Client.handshake(port: port, path: "/socket?token=bad"))
        #expect(status(refused) == 401 && refused.contains("application/problem+json"))
        let version = Client.handshake(port: port).replacing("Version: 13", with: "Version: 8")
        #expect(try answer(version).contains("Sec-WebSocket-Version: 13"))
        #expect(try answer(version).hasPrefix("HTTP/1.1 400"))
        #expect(status(try TestClient.request(port, "GET /socket")) == 426)
        #expect(status(try TestClient.request(port, "POST /socket", body: "")) == 405)
        #expect(seen.connections.value.isEmpty)
        // The server's own origin, and an extension that is offered and not accepted.
        let good = try test.client()
        try good.send(
          Client.handshake(
            port: port, origin: "http://localhost:\(port)",
            extra: ["Sec-WebSocket-Extensions: permessage-deflate"]))
        let head = try good.take(until: "\r\n\r\n")
        #expect(status(head) == 101 && !head.contains("Extensions"))
        #expect(head.contains("Sec-WebSocket-Protocol: test.v1\r\n") && !head.contains("close"))
      }
    }

    private static let zeros = [UInt8](repeating: 0, count: 3001)
    /// The code that each gets.
    private static let violations: [(code: Int, bytes: [UInt8])] = [
      (1002, Client.frame(2, [1], masked: false)),
      (1002, Client.frame(2, [1], reserved: 0x40)),
      (1007, Client.frame(1, [0xff, 0xfe])),
      (1007, Client.frame(1, [0xc3], final: false) + Client.frame(0, [0x28])),
      (1009, Client.frame(2, zeros)),
      (1009, Client.frame(2, Array(zeros[..<2000]), final: false) + Client.frame(0, zeros, final: false)),
      (1002, Client.frame(8, [1])),
    ]

    @Test(arguments: violations)
    func brokenRules(code: Int, bytes: [UInt8]) async throws {
      try await run(configure: { $0.maximumMessageBytes = 3000 }) { test, seen in
        let socket = try Client(port: test.port)
        try socket.client.send(bytes)
        #expect(try socket.receive().code == code)
        try await eventually("reported") { seen.reasons.value.count == 1 }
        #expect(seen.reasons.value[0].cause == .protocolError)
        #expect(Int(seen.reasons.value[0].code) == code)
        socket.client.close()
        try await eventually("freed") { await test.statistics.openConnections == 0 }
      }
    }

    @Test func aCharacterSplitOverFragmentsIsWhole() async throws {
      try await run { test, _ in
        let socket = try Client(port: test.port)
        let bytes = Array("é".utf8)
        try socket.send(1, [bytes[0]], final: false)
        try socket.send(9, [])
        try socket.send(0, [bytes[1]])
        #expect(try socket.receive().opcode == 10)
        #expect(try socket.receive().text == "é")
      }
    }

    @Test func theServerCloses() async throws {
      try await run { test, seen in
        let socket = try Client(port: test.port)
        try await eventually("accepted") { seen.connections.value.count == 1 }
        let connection = seen.connections.value[0]
        await connection.send(text: "last")
        await connection.close(code: 4001, reason: "enough")
        await connection.send(text: "never")
        #expect(try socket.receive().text == "last")
        let close = try socket.receive()
        #expect(close.code == 4001 && String(decoding: close.payload.dropFirst(2), as: UTF8.self) == "enough")
        #expect(seen.reasons.value.isEmpty)
        try socket.send(8, Array(close.payload.prefix(2)))
        #expect(try !socket.client.receive())
        try await eventually("reported") { seen.reasons.value.count == 1 }
        #expect(seen.reasons.value == [.init(cause: .local, code: 4001, text: "enough")])
      }
    }

    @Test func aPeerThatDoesNotCloseIsCutOff() async throws {
      try await run(configure: { $0.closeTimeout = 0.2 }) { test, seen in
        let socket = try Client(port: test.port)
        try await eventually("accepted") { seen.connections.value.count == 1 }
        await seen.connections.value[0].close(code: 1000, reason: "")
        #expect(try socket.receive().code == 1000)
        #expect(try !socket.client.receive())
        try await eventually("reported") { seen.reasons.value.map(\.cause) == [.local] }
      }
    }

    @Test func lostConnections() async throws {
      try await run { test, seen in
        let sockets = try (0..<3).map { _ in try Client(port: test.port) }
        try await eventually("accepted") { seen.connections.value.count == 3 }
        sockets[0].client.close()
        sockets[1].client.reset()
        try sockets[2].client.send([0x82, 0xfe])
        sockets[2].client.close()
        try await eventually("reported") { seen.reasons.value.count == 3 }
        #expect(seen.reasons.value.allSatisfy { $0.cause == .connectionLost && $0.code == 1006 })
        #expect(await test.statistics.openWebSockets == 0)
      }
    }

    @Test func aSilentPeerIsDroppedAndALivingOneIsNot() async throws {
      try await run(configure: {
        $0.pingInterval = 0.1
        $0.pongTimeout = 0.5
      }) { test, seen in
        let silent = try Client(port: test.port)
        let living = try Client(port: test.port)
        for _ in 0..<8 {
          let ping = try living.receive()
          #expect(ping.opcode == 9)
          try living.send(10, ping.payload)
        }
        try await eventually("dropped") { seen.reasons.value.count == 1 }
        #expect(seen.reasons.value[0].cause == .timeout)
        #expect(await test.statistics.openWebSockets == 1)
        silent.client.close()
      }
    }

    @Test func aPeerThatDoesNotReadIsClosedAtTheBound() async throws {
      try await run(configure: {
        $0.maximumPendingBytes = 200_000
        $0.closeTimeout = 0.3
      }) { test, seen in
        let socket = try Client(port: test.port, receiveBuffer: 4096)
        try await eventually("accepted") { seen.connections.value.count == 1 }
        let connection = seen.connections.value[0]
        let payload = SharedBytes([UInt8](repeating: 1, count: 15_000))
        var most = 0
        try await eventually("overflow") {
          await connection.send(binaryHeader: [1, 2], payload: payload)
          most = max(most, await connection.pendingBytes)
          return seen.reasons.value.count == 1
        }
        #expect(most > 100_000 && most <= 200_000)
        #expect(seen.reasons.value[0].cause == .overflow && seen.reasons.value[0].code == 1013)
        // What was begun is complete, and the close frame follows it.
        var frame = try socket.receive()
        while frame.opcode == 2 {
          #expect(frame.payload.count == 15_002)
          frame = try socket.receive()
        }
        #expect(frame.code == 1013)
        try await eventually("freed") { await test.statistics.openConnections == 0 }
      }
    }

    @Test func largeMessagesBothWaysAtOnceKeepTheirOrder() async throws {
      try await run { test, seen in
        let socket = try Client(port: test.port)
        // A thread of its own: it blocks while the server waits for this test to read.
        Thread.detachNewThread {
          for index in 0..<300 { try? socket.send(2, [UInt8](repeating: UInt8(index & 0xff), count: 20_000)) }
        }
        for index in 0..<300 {
          let frame = try socket.receive()
          guard frame.payload.count == 20_004, frame.payload.last == UInt8(index & 0xff) else {
            Issue.record("message \(index) differs")
            break
          }
        }
      }
    }

    @Test func aConnectionCanHaveABoundOfItsOwn() async throws {
      try await run { test, seen in
        let socket = try Client(port: test.port)
        try await eventually("accepted") { seen.connections.value.count == 1 }
        await Task { @GatewayActor in seen.connections.value[0].maximumMessageBytes = 10 }.value
        try socket.send(2, [UInt8](repeating: 0, count: 11))
        #expect(try socket.receive().code == 1009)
      }
    }

    @Test func stoppingClosesWith1001() async throws {
      try await run { test, seen in
        let socket = try Client(port: test.port)
        try await eventually("accepted") { seen.connections.value.count == 1 }
        let stopped = Task { await test.server.stop(within: 2) }
        #expect(try socket.receive().code == 1001)
        try socket.send(8, [0x03, 0xe9])
        await stopped.value
        #expect(seen.reasons.value.count == 1)
        #expect(throws: (any Error).self) { try test.client() }
      }
    }
  }
}
