/// Decodes a client's bytes into WebSocket messages (RFC 6455, without extensions). A pure value: no sockets, no clock.
///
/// The caller reads into `withSpace`, then takes events with `next` until there is none. The payload of an unfragmented
/// message is unmasked in place and lent by `withPayload` until the next call of `next` or `withSpace`, so a message
/// costs no allocation and no copy. After an error the decoder takes nothing more.
struct WebSocketFrameDecoder {
  enum Event: Equatable {
    case text
    case binary
    case ping
    case pong
    /// The peer's close frame; code 1005 where it has none.
    case close(code: UInt16, reason: String)
  }

  private enum PayloadPlace {
    case none
    case buffer(Range<Int>)
    case fragments
  }

  private struct Header {
    var opcode: UInt8
    var isFinal: Bool
    /// Bytes of the header with the mask.
    var size: Int
    var payload: Int
  }

  /// Largest message in bytes, all fragments together.
  var maximumMessageBytes: Int

  private var buffer: [UInt8]
  private var start = 0
  private var end = 0
  private var payload = PayloadPlace.none
  private var fragments: [UInt8] = []
  /// The opcode of the message whose fragments are being collected.
  private var fragmentedOpcode: UInt8?
  private var isDone = false
  private var frames = 0
  private let initialCapacity: Int

  init(maximumMessageBytes: Int, initialCapacity: Int = 16 * 1024) {
    self.maximumMessageBytes = maximumMessageBytes
    self.initialCapacity = initialCapacity
    buffer = [UInt8](repeating: 0, count: initialCapacity)
  }

  /// Lends free space to be filled from its start. `fill` returns the number of bytes written, or a negative number
  /// that is passed on. There is always space for the rest of the frame being received.
  mutating func withSpace(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    payload = .none
    makeRoom()
    let count = buffer.withUnsafeMutableBytes { bytes in
      fill(UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
    }
    if count > 0 { end += count }
    return count
  }

  /// The next complete event, or nil if more bytes are needed.
  mutating func next() throws(WebSocketProtocolError) -> Event? {
    payload = .none
    while !isDone {
      do throws(WebSocketProtocolError) {
        guard let header = try parseHeader(), end - start >= header.size + header.payload else { return nil }
        if let event = try take(header) { return event }
      } catch {
        isDone = true
        throw error
      }
    }
    // What follows a close frame or an error is dropped.
    start = 0
    end = 0
    return nil
  }

  /// Frames taken since this was last called.
  mutating func takeFrameCount() -> Int {
    defer { frames = 0 }
    return frames
  }

  /// From now on everything is dropped unread.
  mutating func stop() { isDone = true }

  /// Lends the payload of the event that `next` returned last.
  func withPayload<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch payload {
    case .none: try body(UnsafeRawBufferPointer(start: nil, count: 0))
    case .buffer(let range):
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    case .fragments: try fragments.withUnsafeBytes(body)
    }
  }

  // MARK: - Buffer

  private mutating func makeRoom() {
    let unread = end - start
    if unread == 0 {
      start = 0
      end = 0
      if buffer.count > initialCapacity * 8 { buffer = [UInt8](repeating: 0, count: initialCapacity) }
      return
    }
    var needed = unread + 1
    // An invalid header is reported by the next call of `next`.
    if let header = try? parseHeader() { needed = max(needed, header.size + header.payload) }
    if buffer.count - start >= max(needed, initialCapacity / 2) && end < buffer.count { return }
    if buffer.count < needed {
      var larger = [UInt8](repeating: 0, count: max(needed, buffer.count + buffer.count / 2))
      larger.withUnsafeMutableBytes { target in
        buffer.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
      }
      buffer = larger
    } else if start > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<end]))
      }
    }
    start = 0
    end = unread
  }

  // MARK: - Frames

  /// Checks everything that the header alone can tell, so that a frame that is too large is refused before its payload
  /// is stored.
  private func parseHeader() throws(WebSocketProtocolError) -> Header? {
    let available = end - start
    guard available >= 2 else { return nil }
    let first = buffer[start]
    let second = buffer[start + 1]
    guard first & 0x70 == 0 else { throw .violation("reserved bit set") }
    guard second & 0x80 != 0 else { throw .violation("frame without mask") }
    let opcode = first & 0x0f
    let isFinal = first & 0x80 != 0
    let isControl = opcode & 0x08 != 0

    var payload = Int(second & 0x7f)
    var size = 6
    if isControl {
      guard opcode <= 0xa else { throw .violation("reserved opcode") }
      guard isFinal else { throw .violation("fragmented control frame") }
      guard payload <= 125 else { throw .violation("control frame too long") }
    } else {
      switch opcode {
      case 0: guard fragmentedOpcode != nil else { throw .violation("continuation of nothing") }
      case 1, 2: guard fragmentedOpcode == nil else { throw .violation("new message inside another") }
      default: throw .violation("reserved opcode")
      }
    }
    switch payload {
    case 126:
      guard available >= 4 else { return nil }
      payload = Int(buffer[start + 2]) << 8 | Int(buffer[start + 3])
      guard payload > 125 else { throw .violation("length not in its shortest form") }
      size = 8
    case 127:
      guard available >= 10 else { return nil }
      var length: UInt64 = 0
      for index in 2..<10 { length = length << 8 | UInt64(buffer[start + index]) }
      guard length >> 63 == 0 else { throw .violation("negative length") }
      guard length > 0xffff else { throw .violation("length not in its shortest form") }
      payload = Int(length)
      size = 14
    default: break
    }
    if !isControl {
      let collected = opcode == 0 ? fragments.count : 0
      guard payload <= maximumMessageBytes - min(collected, maximumMessageBytes) else { throw .tooLarge }
    }
    guard available >= size else { return nil }
    return Header(opcode: opcode, isFinal: isFinal, size: size, payload: payload)
  }

  /// Takes a complete frame; nil for a fragment that completes no message.
  private mutating func take(_ header: Header) throws(WebSocketProtocolError) -> Event? {
    let range = (start + header.size)..<(start + header.size + header.payload)
    unmask(range)
    start = range.upperBound
    frames += 1
    switch header.opcode {
    case 0x8:
      let event = try closeEvent(range)
      isDone = true
      return event
    case 0x9:
      payload = .buffer(range)
      return .ping
    case 0xa:
      payload = .buffer(range)
      return .pong
    case 1 where header.isFinal, 2 where header.isFinal:
      payload = .buffer(range)
      return header.opcode == 1 ? .text : .binary
    default: break
    }
    // Continuations, and first fragments.
    if header.opcode != 0 {
      fragmentedOpcode = header.opcode
      fragments.removeAll(keepingCapacity: fragments.capacity <= initialCapacity * 8)
    }
    fragments.append(contentsOf: buffer[range])
    guard header.isFinal else { return nil }
    let opcode = fragmentedOpcode
    fragmentedOpcode = nil
    payload = .fragments
    return opcode == 1 ? .text : .binary
  }

  private mutating func unmask(_ range: Range<Int>) {
    buffer.withUnsafeMutableBytes { bytes in
      let mask = bytes.loadUnaligned(fromByteOffset: range.lowerBound - 4, as: UInt32.self)
      guard mask != 0 else { return }
      let wideMask = UInt64(mask) << 32 | UInt64(mask)
      var offset = range.lowerBound
      while offset + 8 <= range.upperBound {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wideMask
        bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        offset += 8
      }
      var index = 0
      while offset < range.upperBound {
        bytes[offset] ^= bytes[range.lowerBound - 4 + (index & 3)]
        offset += 1
        index += 1
      }
    }
  }

  private func closeEvent(_ range: Range<Int>) throws(WebSocketProtocolError) -> Event {
    if range.isEmpty { return .close(code: 1005, reason: "") }
    guard range.count >= 2 else { throw .violation("close frame of one byte") }
    let code = UInt16(buffer[range.lowerBound]) << 8 | UInt16(buffer[range.lowerBound + 1])
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: break
    default: throw .violation("invalid close code")
    }
    guard let reason = String(validating: buffer[range.dropFirst(2)], as: UTF8.self) else {
      throw .invalidText
    }
    return .close(code: code, reason: reason)
  }
}
