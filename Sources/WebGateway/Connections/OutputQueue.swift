import CSoup
import GLibRuntime

/// What waits to be written to a socket, message by message; many messages are written with one call.
@GatewayActor
final class OutputQueue {
  enum Kind {
    case message
    /// An answer to a message of the peer.
    case answer
    case ping
    case pong
  }

  private struct Message {
    var kind: Kind
    var header: [UInt8]
    var payload: SharedBytes?
    var count: Int

    static let done = Message(kind: .message, header: [], payload: nil, count: 0)
  }

  enum Progress {
    case written
    case wouldBlock
    case failed
  }

  private let stream: OpaquePointer
  private let copies: Bool
  private var messages: [Message] = []
  private var head = 0
  /// Bytes of the first message already written.
  private var written = 0
  /// Bytes on their way through TLS. After a write that would block, TLS wants the same bytes again; it also makes one
  /// record of many small pieces, and copies anyway.
  private var staged: [UInt8] = []
  private var stagedWritten = 0
  /// Bytes that the kernel has not taken yet.
  private(set) var pendingBytes = 0
  /// Answers that the kernel, or over TLS the staging buffer, has not taken completely.
  private(set) var pendingAnswers = 0

  private static let vectorLimit = 64
  private static let stagingLimit = 64 * 1024

  /// - Parameters:
  ///   - stream: a `GPollableOutputStream *` that outlives the queue.
  ///   - copies: whether to collect into one buffer before writing, as TLS needs it.
  init(stream: OpaquePointer, copies: Bool) {
    self.stream = stream
    self.copies = copies
  }

  var isEmpty: Bool { pendingBytes == 0 }

  func append(_ header: [UInt8], payload: SharedBytes? = nil, kind: Kind = .message) {
    let count = header.count + (payload?.count ?? 0)
    messages.append(Message(kind: kind, header: header, payload: payload, count: count))
    pendingBytes += count
    if kind == .answer { pendingAnswers += 1 }
  }

  /// Puts a ping or pong before everything not yet begun, replacing one of the same kind that is not begun.
  func put(_ frame: [UInt8], kind: Kind) {
    let first = firstUnstarted
    let control = Message(kind: kind, header: frame, payload: nil, count: frame.count)
    pendingBytes += frame.count
    // Both kinds are put at the front, so waiting ones are the first two.
    if let old = messages[first...].prefix(2).firstIndex(where: { $0.kind == kind }) {
      pendingBytes -= messages[old].count
      messages[old] = control
    } else {
      messages.insert(control, at: first)
    }
  }

  private var firstUnstarted: Int { min(head + (written > 0 ? 1 : 0), messages.count) }

  /// Drops every message that has not begun.
  func dropUnstarted() {
    let first = firstUnstarted
    for message in messages[first...] {
      pendingBytes -= message.count
      if message.kind == .answer { pendingAnswers -= 1 }
    }
    messages.removeSubrange(first...)
  }

  func dropEverything() {
    messages = []
    head = 0
    written = 0
    staged = []
    stagedWritten = 0
    pendingBytes = 0
    pendingAnswers = 0
  }

  /// Writes until all is written or the socket takes no more.
  func flush() -> Progress {
    var progress = Progress.written
    while pendingBytes > 0, progress == .written { progress = copies ? writeStaged() : writeVectors() }
    return progress
  }

  private func writeVectors() -> Progress {
    var count: gsize = 0
    var result = G_POLLABLE_RETURN_FAILED
    withUnsafeTemporaryAllocation(of: GOutputVector.self, capacity: Self.vectorLimit) { vectors in
      var used = 0
      var index = head
      // The arrays behind the pointers stay in `messages`, which is not touched until the call below returns; an
      // array's elements do not move while it is not mutated.
      while index < messages.count, used + 2 <= Self.vectorLimit {
        let skip = index == head ? written : 0
        let headerCount = messages[index].header.count
        if skip < headerCount {
          messages[index].header.withUnsafeBytes { bytes in
            vectors[used] = GOutputVector(buffer: bytes.baseAddress! + skip, size: gsize(headerCount - skip))
          }
          used += 1
        }
        if let payload = messages[index].payload, payload.count > 0 {
          let payloadSkip = max(0, skip - headerCount)
          payload.withUnsafeBytes { bytes in
            vectors[used] = GOutputVector(
              buffer: bytes.baseAddress! + payloadSkip, size: gsize(payload.count - payloadSkip))
          }
          used += 1
        }
        index += 1
      }
      result = g_pollable_output_stream_writev_nonblocking(
        stream, vectors.baseAddress!, gsize(used), &count, nil, nil)
    }
    switch result {
    case G_POLLABLE_RETURN_OK:
      consume(Int(count))
      return .written
    case G_POLLABLE_RETURN_WOULD_BLOCK: return .wouldBlock
    default: return .failed
    }
  }

  private func writeStaged() -> Progress {
    if stagedWritten == staged.count { stage() }
    var error: UnsafeMutablePointer<GError>?
    let count = staged.withUnsafeBytes { bytes in
      g_pollable_output_stream_write_nonblocking(
        stream, bytes.baseAddress! + stagedWritten, gsize(bytes.count - stagedWritten), nil, &error)
    }
    if let error {
      defer { g_error_free(error) }
      return g_error_matches(error, g_io_error_quark(), gint(G_IO_ERROR_WOULD_BLOCK.rawValue)) != 0
        ? .wouldBlock : .failed
    }
    stagedWritten += count
    pendingBytes -= count
    return .written
  }

  /// Moves the first messages into the staging buffer. They count as pending until the kernel has taken them.
  private func stage() {
    staged.removeAll(keepingCapacity: true)
    stagedWritten = 0
    while head < messages.count, staged.isEmpty || staged.count + messages[head].count <= Self.stagingLimit {
      staged.append(contentsOf: messages[head].header)
      messages[head].payload?.withUnsafeBytes { staged.append(contentsOf: $0) }
      finishFirst()
    }
    compact()
  }

  private func consume(_ count: Int) {
    pendingBytes -= count
    written += count
    while head < messages.count, written >= messages[head].count {
      written -= messages[head].count
      finishFirst()
    }
    compact()
  }

  private func finishFirst() {
    if messages[head].kind == .answer { pendingAnswers -= 1 }
    // Releases the picture now, not when the array is compacted.
    messages[head] = .done
    head += 1
  }

  private func compact() {
    if head == messages.count {
      messages.removeAll(keepingCapacity: messages.capacity <= 256)
      head = 0
    } else if head > 256 {
      messages.removeFirst(head)
      head = 0
    }
  }
}
