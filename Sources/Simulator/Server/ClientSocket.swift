import CGLibShims
import CSoup
import GLibRuntime

/// An open WebSocket to the server.
@SimulatorActor
final class ClientSocket {
  /// What arrived before anybody listened.
  private enum Early {
    case message(isText: Bool, [UInt8])
    case closed(String)
  }

  private static let maximumMessageBytes: guint64 = 4 * 1024 * 1024

  private let connection: GObjectReference
  private var signals: [SignalConnection] = []
  private var problem: String?
  private var early: [Early] = []
  private var onText: ((UnsafeRawBufferPointer) -> Void)?
  private var onBinary: ((UnsafeRawBufferPointer) -> Void)?
  private var onClose: ((String) -> Void)?

  init(_ connection: GObjectReference) {
    self.connection = connection
    soup_websocket_connection_set_max_incoming_payload_size(connection.opaque, Self.maximumMessageBytes)
    let message: @convention(c) (UnsafeMutableRawPointer?, gint, OpaquePointer?, gpointer?) -> Void =
      messageCame
    let error: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<GError>?, gpointer?) -> Void =
      errorCame
    let closed: @convention(c) (UnsafeMutableRawPointer?, gpointer?) -> Void = socketClosed
    signals = [
      SignalConnection(
        connection.pointer, "message", handler: unsafeBitCast(message, to: GCallback.self), context: self),
      SignalConnection(
        connection.pointer, "error", handler: unsafeBitCast(error, to: GCallback.self), context: self),
      SignalConnection(
        connection.pointer, "closed", handler: unsafeBitCast(closed, to: GCallback.self), context: self),
    ]
  }

  /// Call once; what came earlier is delivered first.
  ///
  /// - Parameters:
  ///   - text, binary: of a message; the bytes are valid only during the call.
  ///   - close: the connection is gone, with the cause as text. Not called after `close()` or `drop()`.
  func listen(
    text: @escaping (UnsafeRawBufferPointer) -> Void, binary: ((UnsafeRawBufferPointer) -> Void)? = nil,
    close: @escaping (String) -> Void
  ) {
    (onText, onBinary, onClose) = (text, binary, close)
    let waiting = early
    early = []
    for event in waiting {
      switch event {
      case .message(let isText, let bytes): bytes.withUnsafeBytes { received(isText: isText, $0) }
      case .closed(let reason): onClose?(reason)
      }
    }
  }

  func send(text: String) { soup_websocket_connection_send_text(connection.opaque, text) }

  /// Copies the bytes.
  func send(binary bytes: UnsafeRawBufferPointer) {
    soup_websocket_connection_send_binary(connection.opaque, bytes.baseAddress, gsize(bytes.count))
  }

  /// Closes the connection like a page that is left.
  func close() {
    release()
    if soup_websocket_connection_get_state(connection.opaque) == SOUP_WEBSOCKET_STATE_OPEN {
      soup_websocket_connection_close(connection.opaque, 1000, nil)
    }
  }

  /// Drops the connection without a close frame, like a lost network.
  func drop() {
    release()
    let stream = soup_websocket_connection_get_io_stream(connection.opaque)
    g_io_stream_close(stream, nil, nil)
  }

  /// The handlers keep this object alive until then.
  private func release() {
    for signal in signals { signal.disconnect() }
    signals = []
    onText = nil
    onBinary = nil
    onClose = nil
  }

  fileprivate func received(isText: Bool, _ bytes: UnsafeRawBufferPointer) {
    if onText == nil, !signals.isEmpty { return early.append(.message(isText: isText, Array(bytes))) }
    (isText ? onText : onBinary)?(bytes)
  }

  fileprivate func failed(_ text: String) { problem = text }

  fileprivate func closed() {
    let code = soup_websocket_connection_get_close_code(connection.opaque)
    let reason = soup_websocket_connection_get_close_data(connection.opaque).map { String(cString: $0) }
    let text = problem ?? "closed with code \(code)" + (reason.map { ": \($0)" } ?? "")
    let callback = onClose
    release()
    if let callback { callback(text) } else { early.append(.closed(text)) }
  }
}

private func messageCame(
  _ connection: UnsafeMutableRawPointer?, _ type: gint, _ message: OpaquePointer?, _ data: gpointer?
) {
  var count: gsize = 0
  let start = g_bytes_get_data(message, &count)
  nonisolated(unsafe) let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
  let socket = callbackContext(data, as: ClientSocket.self)
  SimulatorActor.assumeIsolated {
    socket.received(isText: type == gint(SOUP_WEBSOCKET_DATA_TEXT.rawValue), bytes)
  }
}

private func errorCame(
  _ connection: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<GError>?, _ data: gpointer?
) {
  let text = error.map { String(cString: $0.pointee.message) } ?? "unknown error"
  let socket = callbackContext(data, as: ClientSocket.self)
  SimulatorActor.assumeIsolated { socket.failed(text) }
}

private func socketClosed(_ connection: UnsafeMutableRawPointer?, _ data: gpointer?) {
  let socket = callbackContext(data, as: ClientSocket.self)
  SimulatorActor.assumeIsolated { socket.closed() }
}
