import Foundation
import Glibc
import Testing

/// A client that sends exactly the bytes a test wants. Blocking, with a time-out of 5 s on every call.
final class TestClient: @unchecked Sendable {  // one test uses it at a time
  struct Failure: Error { let text: String }

  let descriptor: Int32
  private var isClosed = false
  private(set) var received: [UInt8] = []

  init(port: UInt16, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var timeout = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      Glibc.close(descriptor)
      throw Failure(text: "connect: \(errno)")
    }
  }

  deinit { close() }

  func close() {
    if !isClosed { Glibc.close(descriptor) }
    isClosed = true
  }

  /// Closes with a reset, like a crashed client.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(text: "send: \(errno)") }
      sent += count
    }
  }

  /// Receives once; false at the end of the stream.
  func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    var count = recv(descriptor, &buffer, buffer.count, 0)
    while count < 0 && errno == EINTR { count = recv(descriptor, &buffer, buffer.count, 0) }
    guard count >= 0 else { throw Failure(text: "recv: \(errno)") }
    received.append(contentsOf: buffer[..<count])
    return count > 0
  }

  func take(_ count: Int) throws -> [UInt8] {
    while received.count < count { guard try receive() else { throw Failure(text: "end of stream") } }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  func take(until marker: String) throws -> String {
    let wanted = Array(marker.utf8)
    while true {
      if let end = indexAfter(wanted) {
        defer { received.removeFirst(end) }
        return String(decoding: received[..<end], as: UTF8.self)
      }
      guard try receive() else { throw Failure(text: "end of stream before \(marker)") }
    }
  }

  private func indexAfter(_ wanted: [UInt8]) -> Int? {
    guard received.count >= wanted.count else { return nil }
    return (0...(received.count - wanted.count)).first {
      received[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
    .map { $0 + wanted.count }
  }

  /// Everything until the server closes. A reset counts as that.
  func takeAll() -> String {
    while (try? receive()) == true {}
    defer { received = [] }
    return String(decoding: received, as: UTF8.self)
  }

  /// Sends a request and returns the whole answer.
  static func request(
    _ port: UInt16, _ line: String, headers: [String] = [], body: String? = nil
  ) throws -> String {
    let client = try TestClient(port: port)
    var text = "\(line) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
    for header in headers { text += header + "\r\n" }
    if let body { text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)" } else { text += "\r\n" }
    try client.send(text)
    return client.takeAll()
  }
}

func status(_ answer: String) -> Int { Int(answer.dropFirst(9).prefix(3)) ?? 0 }

/// The answer is a complete problem document: its length is right, and it has a code for programs and a detail for people.
func expectProblem(
  _ answer: String, _ expected: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
  let head = parts.first.map(String.init) ?? ""
  let problem =
    parts.count == 2 ? try? JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: Any] : nil
  #expect(
    status(answer) == expected && head.contains("Content-Type: application/problem+json")
      && problem?["status"] as? Int == expected && problem?["code"] as? String == code
      && (problem?["detail"] as? String)?.isEmpty == false, "\(answer)", sourceLocation: sourceLocation)
}
