/// How a WebSocket ended.
public struct WebSocketCloseReason: Sendable, Equatable, CustomStringConvertible {
  public enum Cause: String, Sendable {
    /// The peer sent a close frame.
    case peer
    /// `close` was called on this side.
    case local
    /// The peer violated the protocol or a limit.
    case protocolError = "protocol_error"
    /// The peer sent more than its budgets or window allow.
    case flood
    /// The peer did not read what was sent.
    case overflow
    /// Nothing more came from the peer.
    case timeout
    /// The connection broke or ended without a close frame.
    case connectionLost = "connection_lost"
  }

  public let cause: Cause
  /// The code of the decisive close frame; 1005 for one without a code, 1006 for none.
  public let code: UInt16
  public let text: String

  public var description: String { "\(cause.rawValue), \(code)\(text.isEmpty ? "" : " \(text)")" }
}

/// The peer's error, as the code that a close frame reports.
struct WebSocketProtocolError: Error, Equatable {
  let code: UInt16
  let text: String

  static func violation(_ text: String) -> WebSocketProtocolError { .init(code: 1002, text: text) }
  static let invalidText = WebSocketProtocolError(code: 1007, text: "invalid UTF-8")
  static let tooLarge = WebSocketProtocolError(code: 1009, text: "message too large")
}
