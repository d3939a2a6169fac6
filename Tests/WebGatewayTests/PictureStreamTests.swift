import Foundation
import GLibRuntime
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct PictureStreamTests {
    final class Seen: Sendable {
      let streams = Shared<[PictureStream]>([])
      let closed = Shared(0)
    }

    private func run(
      configure: (inout GatewayConfiguration) -> Void = { _ in },
      _ body: (TestServer, Seen) async throws -> Void
    ) async throws {
      let seen = Seen()
      try await TestServer.run(
        configure: configure,
        routes: { server in
          server.route(.get, "/live.mjpeg") { _ in
            HTTPResponse(
              status: 200,
              body: .pictures { stream in
                stream.onClose = { seen.closed.update { $0 += 1 } }
                seen.streams.update { $0.append(stream) }
              })
          }
        }, { try await body($0, seen) })
    }

    private func open(_ test: TestServer, receiveBuffer: Int32? = nil) throws -> TestClient {
      let client = try TestClient(port: test.port, receiveBuffer: receiveBuffer)
      try client.send("GET /live.mjpeg HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let head = try client.take(until: "\r\n\r\n")
      #expect(status(head) == 200 && !head.contains("Content-Length") && !head.contains("chunked"))
      #expect(head.contains("Content-Type: multipart/x-mixed-replace; boundary=exam-monitoring-picture\r\n"))
      return client
    }

    private static let separator = "--exam-monitoring-picture\r\nContent-Type: image/jpeg\r\n\r\n"

    @Test func aPictureIsFollowedByTheNextPartsHeadersAtOnce() async throws {
      try await run { test, seen in
        let client = try open(test)
        try await eventually("handed over") { seen.streams.value.count == 1 }
        let stream = seen.streams.value[0]
        for text in ["one", "two", "three"] {
          let expected = (text == "one" ? Self.separator : "") + text + "\r\n" + Self.separator
          await stream.offer(SharedBytes(Array(text.utf8)))
          #expect(String(decoding: try client.take(expected.utf8.count), as: UTF8.self) == expected)
        }
        #expect(client.received.isEmpty)
        await stream.end()
        #expect(client.takeAll().isEmpty)
        try await eventually("closed") { seen.closed.value == 1 }
        await stream.offer(SharedBytes([1]))
        #expect(await test.statistics.openPictureStreams == 0)
      }
    }

    @Test func aSlowReaderGetsTheNewestPicture() async throws {
      try await run { test, seen in
        let client = try open(test, receiveBuffer: 4096)
        try await eventually("handed over") { seen.streams.value.count == 1 }
        let stream = seen.streams.value[0]
        for index in 0..<200 {
          await stream.offer(SharedBytes([UInt8](repeating: UInt8(index), count: 50_000)))
        }
        let skipped = await test.statistics.picturesSkipped
        #expect(skipped > 150)
        await stream.offer(SharedBytes(Array("newest".utf8)))
        let all = try client.take(until: "newest")
        #expect(all.utf8.count < 50_000 * (200 - skipped + 2))
        #expect(await test.statistics.picturesSkipped == skipped + 1)
      }
    }

    @Test func aStreamWithoutNewsRepeatsAndNoticesThatTheReaderHasGone() async throws {
      try await run(configure: { $0.pictureRepeatInterval = 0.1 }) { test, seen in
        let client = try open(test)
        let early = try open(test)
        try await eventually("handed over") { seen.streams.value.count == 2 }
        #expect(try early.take(2) == Array("\r\n".utf8))
        early.reset()
        try await eventually("noticed") { seen.closed.value == 1 }
        for stream in seen.streams.value { await stream.offer(SharedBytes(Array("pic".utf8))) }
        for _ in 0..<3 { _ = try client.take(until: "pic\r\n") }
        client.close()
        try await eventually("noticed") { seen.closed.value == 2 }
        try await eventually("closed") { await test.statistics.openConnections == 0 }
      }
    }

    @Test func aHeadRequestOpensNoStream() async throws {
      try await run { test, seen in
        let answer = try TestClient.request(test.port, "HEAD /live.mjpeg")
        #expect(status(answer) == 200 && answer.contains("multipart/x-mixed-replace"))
        #expect(seen.streams.value.isEmpty)
      }
    }

    @Test func stoppingEndsStreams() async throws {
      try await run { test, seen in
        let client = try open(test)
        try await eventually("handed over") { seen.streams.value.count == 1 }
        await seen.streams.value[0].offer(SharedBytes([1]))
        await test.server.stop(within: 2)
        _ = client.takeAll()
        #expect(seen.closed.value == 1)
      }
    }

    /// Real readers: the reason for the form of the parts.
    @Test(arguments: [
      ["ffmpeg", "-v", "error", "-f", "mpjpeg", "-i", "URL", "-frames:v", "5", "-f", "null", "-"],
      [
        "gst-launch-1.0", "-q", "souphttpsrc", "location=URL", "!", "multipartdemux", "!", "jpegdec", "!",
        "fakesink",
        "num-buffers=5",
      ],
    ])
    func otherProgramsReadIt(command: [String]) async throws {
      try await run { test, seen in
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command.map {
          $0.replacing("URL", with: "http://127.0.0.1:\(test.port)/live.mjpeg")
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let picture = SharedBytes(try #require(Data(base64Encoded: smallJPEG)).map { $0 })
        try await eventually("five pictures are decoded", within: 15) {
          if let stream = seen.streams.value.first { await stream.offer(picture) }
          return !process.isRunning
        }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
    }
  }
}
