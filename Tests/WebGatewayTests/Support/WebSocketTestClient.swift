/// A WebSocket client that can break every rule.
struct WebSocketTestClient {
  struct Frame: Equatable {
    var opcode: UInt8
    var payload: [UInt8]
    /// Of a close frame.
    var code: Int { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 1005 }
    var text: String { String(decoding: payload, as: UTF8.self) }
  }

  static let subprotocol = "test.v1"

  let client: TestClient
  var descriptor: Int32 { client.descriptor }

  /// Connects and completes the handshake.
  init(port: UInt16, path: String = "/socket", receiveBuffer: Int32? = nil) throws {
    client = try TestClient(port: port, receiveBuffer: receiveBuffer)
    try client.send(Self.handshake(port: port, path: path))
    let answer = try client.take(until: "\r\n\r\n")
    guard status(answer) == 101, answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") else {
      throw TestClient.Failure(text: answer)
    }
  }

  static func handshake(
    port: UInt16, path: String = "/socket", subprotocol: String? = subprotocol, origin: String? = nil,
    extra: [String] = []
  ) -> String {
    var lines = [
      "GET \(path) HTTP/1.1", "Host: localhost:\(port)", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    ]
    if let subprotocol { lines.append("Sec-WebSocket-Protocol: other, \(subprotocol)") }
    if let origin { lines.append("Origin: \(origin)") }
    return (lines + extra).joined(separator: "\r\n") + "\r\n\r\n"
  }

  static func frame(
    _ opcode: UInt8, _ payload: [UInt8], final: Bool = true, masked: Bool = true, reserved: UInt8 = 0
  ) -> [UInt8] {
    var bytes: [UInt8] = [(final ? 0x80 : 0) | reserved | opcode]
    let maskBit: UInt8 = masked ? 0x80 : 0
    switch payload.count {
    case ..<126: bytes.append(maskBit | UInt8(payload.count))
    case ...0xffff: bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default:
      bytes.append(maskBit | 127)
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 0xff)) }
    }
    guard masked else { return bytes + payload }
    let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
    bytes += mask
    bytes += payload.enumerated().map { $1 ^ mask[$0 % 4] }
    return bytes
  }

  func send(_ opcode: UInt8, _ payload: [UInt8], final: Bool = true) throws {
    try client.send(Self.frame(opcode, payload, final: final))
  }

  func send(text: String) throws { try send(1, Array(text.utf8)) }

  func receive() throws -> Frame {
    let head = try client.take(2)
    guard head[1] & 0x80 == 0, head[0] & 0x80 != 0 else {
      throw TestClient.Failure(text: "masked or fragmented")
    }
    var count = Int(head[1])
    if count == 126 {
      count = try client.take(2).reduce(0) { $0 << 8 | Int($1) }
    } else if count == 127 {
      count = try client.take(8).reduce(0) { $0 << 8 | Int($1) }
    }
    return Frame(opcode: head[0] & 0x0f, payload: try client.take(count))
  }
}
