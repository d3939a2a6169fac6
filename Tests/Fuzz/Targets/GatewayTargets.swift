@testable import WebGateway

/// What arrives over the network before anybody has identified themselves.
extension FuzzTarget {
  /// However the bytes are split, the same messages come out, and none is larger than allowed.
  static let webSocket = FuzzTarget(name: "websocket") { bytes in
    let whole = events(of: bytes, step: max(1, bytes.count))
    for step in [1, 3, 17] {
      let other = events(of: bytes, step: step)
      require(other == whole, "in pieces of \(step): \(other), whole: \(whole)")
    }
  }

  private static let maximumMessageBytes = 512

  private static func events(of bytes: UnsafeRawBufferPointer, step: Int) -> [String] {
    var decoder = WebSocketFrameDecoder(maximumMessageBytes: maximumMessageBytes, initialCapacity: 64)
    var events: [String] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      decoder.append(bytes[start..<min(start + step, bytes.count)])
      do throws(WebSocketProtocolError) {
        while let event = try decoder.next() {
          let payload = decoder.withPayload { Array($0) }
          require(payload.count <= maximumMessageBytes, "a message of \(payload.count) bytes")
          events.append("\(event) \(payload)")
        }
      } catch {
        events.append("\(error)")
        break
      }
    }
    return events
  }

  static let requestTarget = FuzzTarget(name: "request_target") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if let segments = RequestTarget.segments(ofPath: parts[0]) {
      require(
        segments.allSatisfy { $0 != ".." && $0 != "." && !$0.contains("/") && !$0.utf8.contains(0) },
        "a path that leaves its folder: \(segments)")
    }
    let query = parts.count == 2 ? parts[1] : nil
    if let query { _ = RequestTarget.fields(ofQuery: query) }
    let redacted = RequestTarget.redacted(path: parts[0], query: query)
    require(redacted.unicodeScalars.count <= 256, "\(redacted.unicodeScalars.count) characters for the log")
    require(redacted.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "control characters for the log")
  }
}

extension WebSocketFrameDecoder {
  /// Appends a copy of `bytes`.
  fileprivate mutating func append(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let taken = withSpace { space in
        let part = rest.prefix(space.count)
        space.copyBytes(from: part)
        return part.count
      }
      rest = rest.dropFirst(taken)
    }
  }
}
