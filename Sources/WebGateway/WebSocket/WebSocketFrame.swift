/// Headers and control frames sent by a server: unfragmented, unmasked.
enum WebSocketFrame {
  enum Opcode: UInt8 {
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
  }

  /// The header of a frame with `payload` bytes, with capacity reserved for `extra` more after it.
  static func header(_ opcode: Opcode, payload: Int, reserving extra: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(10 + extra)
    bytes.append(0x80 | opcode.rawValue)
    switch payload {
    case ..<126: bytes.append(UInt8(payload))
    case ...0xffff:
      bytes.append(126)
      bytes.append(UInt8(payload >> 8))
      bytes.append(UInt8(payload & 0xff))
    default:
      bytes.append(127)
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: payload >> shift))
      }
    }
    return bytes
  }

  static func control(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> [UInt8] {
    var bytes = header(opcode, payload: payload.count, reserving: payload.count)
    bytes.append(contentsOf: payload)
    return bytes
  }

  /// A close frame; the reason is cut to what fits, at a character boundary. 1005 and 1006 stand for "no code" and are
  /// never sent.
  static func close(code: UInt16, reason: String) -> [UInt8] {
    if code == 1005 || code == 1006 { return control(.close, []) }
    var payload = [UInt8(code >> 8), UInt8(code & 0xff)]
    for character in reason.unicodeScalars {
      let encoded = UTF8.encode(character)!
      if payload.count + encoded.count > 125 { break }
      payload.append(contentsOf: encoded)
    }
    return control(.close, payload)
  }
}
