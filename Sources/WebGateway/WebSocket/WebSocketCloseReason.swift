/// How a WebSocket ended.
public struct WebSocketCloseReason: Sendable, Equatable, CustomStringConvertible {
  public enum Cause: String, Sendable {
    /// The peer sent a close frame.
    case peer = "by peer"
    /// `close` was called on this side.
    case local = "by server"
    /// The peer broke the protocol or a bound.
    case protocolError = "protocol error"
    /// The peer sent more than its budgets or its window allow.
    case flood = "flood"
    /// The peer did not read what was sent to it.
    case overflow = "outgoing queue full"
    /// Nothing came from the peer any more.
    case timeout = "peer silent"
    /// The connection broke or ended without a close frame.
    case connectionLost = "connection lost"
  }

  public let cause: Cause
  /// The code of the close frame that decided it; 1005 for one without a code, 1006 for none.
  public let code: UInt16
  public let text: String

  public var description: String { "\(cause.rawValue), \(code)\(text.isEmpty ? "" : " \(text)")" }
}

/// What a peer did wrong, as the code that a close frame reports it with.
struct WebSocketProtocolError: Error, Equatable {
  let code: UInt16
  let text: String

  static func violation(_ text: String) -> WebSocketProtocolError { .init(code: 1002, text: text) }
  static let invalidText = WebSocketProtocolError(code: 1007, text: "invalid UTF-8")
  static let tooLarge = WebSocketProtocolError(code: 1009, text: "message too large")
}
