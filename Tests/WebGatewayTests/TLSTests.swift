import Foundation
import GLibRuntime
import Glibc
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct TLSTests {
    /// A certificate for localhost that `openssl` made, in a folder of its own.
    struct Certificate {
      let folder: URL
      var files: GatewayConfiguration.TLSFiles {
        .init(
          certificate: folder.appending(path: "cert.pem").path, key: folder.appending(path: "key.pem").path)
      }

      init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try make(name: "first")
      }

      /// Writes a new key and certificate in place.
      func make(name: String) throws {
        let output = try Self.run(
          "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=\(name) "
            + "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout \(files.key) -out \(files.certificate)"
        )
        try #require(output.status == 0)
      }

      func remove() { try? FileManager.default.removeItem(at: folder) }

      /// Runs a command line, with nothing on its standard input unless given.
      static func run(_ command: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
      }
    }

    private func run(
      configure: (inout GatewayConfiguration) -> Void = { _ in },
      _ body: (TestServer, Certificate) async throws -> Void
    ) async throws {
      let certificate = try Certificate()
      defer { certificate.remove() }
      try await TestServer.run(
        configure: {
          $0.tls = certificate.files
          configure(&$0)
        },
        routes: { server in
          server.route(.get, "/") { .text("secure \($0.isSecure)") }
          server.route(.get, "/large") { _ in .text(String(repeating: "x", count: 3_000_000)) }
          server.webSocketRoute("/socket", subprotocol: WebSocketTestClient.subprotocol) { _ in
            .accept { connection in
              connection.onBinary = { [unowned connection] bytes in
                connection.send(binaryHeader: [1], payload: SharedBytes(copying: bytes))
              }
            }
          }
          server.webSocketRoute("/flood", subprotocol: WebSocketTestClient.subprotocol) { _ in
            .accept { connection in
              let payload = SharedBytes([UInt8](repeating: 0, count: 100_000))
              for _ in 0..<50 { connection.send(binaryHeader: [], payload: payload) }
            }
          }
          server.route(.get, "/live.mjpeg") { _ in
            HTTPResponse(
              status: 200,
              body: .pictures { stream in
                stream.offer(SharedBytes([UInt8](repeating: 65, count: 2_000_000)))
                stream.end()
              })
          }
        }, { try await body($0, certificate) })
    }

    private func curl(_ test: TestServer, _ certificate: Certificate, _ path: String) throws -> String {
      try Certificate.run(
        "curl -s -m 5 --cacert \(certificate.files.certificate) https://localhost:\(test.port)\(path)"
      ).output
    }

    @Test func answersOfEveryKind() async throws {
      try await run { test, certificate in
        #expect(try curl(test, certificate, "/") == "secure true")
        #expect(try curl(test, certificate, "/large").utf8.count == 3_000_000)
        let stream = try curl(test, certificate, "/live.mjpeg")
        #expect(stream.utf8.count { $0 == 65 } == 2_000_000)
        try await eventually("all are closed") { await test.statistics.openConnections == 0 }
      }
    }

    @Test func aWebSocketOverTLS() async throws {
      try await run { test, certificate in
        let script = """
          import asyncio, ssl, websockets
          async def main():
              context = ssl.create_default_context(cafile="\(certificate.files.certificate)")
              async with websockets.connect("wss://localhost:\(test.port)/socket", ssl=context,
                  subprotocols=["test.v1"], max_size=None) as socket:
                  for size in [0, 1, 1000, 20000, 200000]:
                      await socket.send(bytes(size))
                      assert len(await socket.recv()) == size + 1
                  for index in range(200): await socket.send(bytes([index]) * 5000)
                  for index in range(200):
                      message = await socket.recv()
                      assert message == b"\\x01" + bytes([index]) * 5000
              print("good", end="")
          asyncio.run(main())
          """
        let file = certificate.folder.appending(path: "client.py")
        try Data(script.utf8).write(to: file)
        #expect(try Certificate.run("python3 \(file.path)").output == "good")
        try await eventually("closed") { await test.statistics.openConnections == 0 }
      }
    }

    @Test func silentClientsBlockNobodyAndAreDropped() async throws {
      try await run(configure: { $0.handshakeTimeout = 1 }) { test, certificate in
        // Some send nothing at all, some begin a handshake and stop.
        let silent = try (0..<30).map { _ in try test.client() }
        for client in silent[..<5] { try client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) }
        #expect(try curl(test, certificate, "/") == "secure true")
        for client in silent { _ = client.takeAll() }
        try await eventually("dropped") { await test.statistics.openConnections == 0 }
        let failures = test.events.all.filter { if case .handshakesFailed = $0 { true } else { false } }
        #expect((1..<5).contains(failures.count))
      }
    }

    @Test func theOldestUnfinishedHandshakeGivesWay() async throws {
      try await run(configure: {
        $0.maximumHandshakesPerAddress = 5
        $0.handshakeTimeout = 60
      }) { test, certificate in
        let first = try (0..<5).map { _ in try test.client() }
        try await eventually("accepted") { await test.statistics.openConnections == 5 }
        for client in first[2...] { try client.send([0x16, 0x03, 0x01]) }
        let second = try (0..<2).map { _ in try test.client() }
        // The two that have waited longest are closed, nobody else.
        for client in first[..<2] { #expect(client.takeAll().isEmpty) }
        try await eventually("the places are taken again") {
          let statistics = await test.statistics
          return statistics.openConnections == 5 && statistics.refusedConnections == 2
        }
        // Those that make progress get in, however many are waiting.
        #expect(try curl(test, certificate, "/") == "secure true")
        #expect(await test.statistics.refusedConnections == 3)
        let refusals = test.events.all.filter {
          if case .connectionsRefused(_, "127.0.0.1", .unfinishedHandshakes) = $0 { true } else { false }
        }
        #expect(!refusals.isEmpty)
        for client in second + first[3...] { client.close() }
        first[2].reset()
        try await eventually("all are closed") { await test.statistics.openConnections == 0 }
      }
    }

    /// The same whatever addresses they come from.
    @Test func soManyHandshakesAreUnfinishedInAll() async throws {
      try await run(configure: {
        $0.maximumHandshakes = 3
        $0.handshakeTimeout = 60
      }) { test, certificate in
        let clients = try (0..<5).map { _ in try test.client() }
        for client in clients[..<2] { #expect(client.takeAll().isEmpty) }
        try await eventually("three are left") {
          let statistics = await test.statistics
          return statistics.openConnections == 3 && statistics.refusedConnections == 2
        }
        #expect(try curl(test, certificate, "/") == "secure true")
        for client in clients { client.close() }
      }
    }

    @Test func oldVersionsOfTLSAreRefused() async throws {
      try await run { test, certificate in
        for (option, isTaken) in [
          ("--tlsv1.3", true), ("--tlsv1.2 --tls-max 1.2", true),
          ("--ciphers DEFAULT@SECLEVEL=0 --tlsv1.0 --tls-max 1.1", false),
        ] {
          let answer = try Certificate.run(
            "curl -s -m 5 \(option) --cacert \(certificate.files.certificate) https://localhost:\(test.port)/"
          )
          #expect((answer.output == "secure true") == isTaken, "\(option)")
        }
      }
    }

    @Test func aKeyOfAnotherCertificateIsRefused() async throws {
      let one = try Certificate()
      let other = try Certificate()
      defer {
        one.remove()
        other.remove()
      }
      var configuration = GatewayConfiguration(port: 0)
      configuration.tls = .init(certificate: one.files.certificate, key: other.files.key)
      await #expect(throws: CertificateProblem.self) {
        try await WebServer(configuration: configuration) { _ in }
      }
    }

    @Test func failedHandshakesLeaveNoDescriptor() async throws {
      try await run { test, certificate in
        _ = try curl(test, certificate, "/")
        try await eventually("settled") { await test.statistics.openConnections == 0 }
        let before = openSockets()
        for index in 0..<50 {
          let client = try test.client()
          if index % 2 == 0 { try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") }
          if index % 3 == 0 { client.reset() } else { client.close() }
        }
        try await eventually("all are closed") { await test.statistics.openConnections == 0 }
        try await eventually("no descriptor is left") { openSockets() <= before }
      }
    }

    @Test func aReaderThatStopsDoesNotBlockTheServer() async throws {
      try await run(configure: { $0.responseTimeout = 0.5 }) { test, certificate in
        // It requests a lot over TLS and reads nothing: ending it must not wait until the goodbye can be written.
        let reader = Process()
        reader.executableURL = URL(fileURLWithPath: "/bin/sh")
        reader.arguments = [
          "-c",
          "exec curl -s -k --limit-rate 1 -o /dev/null https://localhost:\(test.port)/large",
        ]
        try reader.run()
        try await eventually("it was answered and cut off") {
          let open = await test.statistics.openConnections
          return test.requests == 1 && open == 0
        }
        kill(reader.processIdentifier, SIGKILL)
        reader.waitUntilExit()
        #expect(try curl(test, certificate, "/") == "secure true")
      }
    }

    @Test func aWebSocketPeerThatStopsReadingDoesNotBlockTheServer() async throws {
      try await run(configure: {
        $0.maximumPendingBytes = 1_000_000
        $0.closeTimeout = 0.2
      }) { test, certificate in
        // It never reads, so that TLS cannot write its goodbye.
        let script = """
          import socket, ssl, time
          context = ssl._create_unverified_context()
          client = context.wrap_socket(socket.create_connection(("127.0.0.1", \(test.port))))
          client.sendall(open("\(certificate.folder.path)/handshake", "rb").read())
          time.sleep(30)
          """
        try Data(WebSocketTestClient.handshake(port: test.port, path: "/flood").utf8)
          .write(to: certificate.folder.appending(path: "handshake"))
        let client = Process()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = ["python3", "-c", script]
        client.standardError = FileHandle.nullDevice
        try client.run()
        defer {
          kill(client.processIdentifier, SIGKILL)
          client.waitUntilExit()
        }
        try await eventually("the queue overflows") { await test.statistics.webSocketOverflows == 1 }
        try await eventually("the server goes on and has closed it") {
          await test.statistics.openConnections == 0
        }
        #expect(try curl(test, certificate, "/") == "secure true")
      }
    }

    @Test func aNewCertificateIsUsedForNewConnections() async throws {
      try await run { test, certificate in
        let subject = "openssl s_client -connect localhost:\(test.port) | openssl x509 -noout -subject"
        #expect(try Certificate.run(subject).output.contains("first"))
        try certificate.make(name: "second")
        try await test.server.reloadCertificate()
        #expect(try Certificate.run(subject).output.contains("second"))
        try Data("broken".utf8).write(to: URL(fileURLWithPath: certificate.files.certificate))
        await #expect(throws: CertificateProblem.self) { try await test.server.reloadCertificate() }
        #expect(try Certificate.run(subject).output.contains("second"))
      }
    }
  }
}
