import ExamModel
import WebGateway

/// Close codes used by the server for what it does not want now.
enum CloseCode {
  static let policy: UInt16 = 1008
  static let tryAgain: UInt16 = 1013
}

extension WebSocketConnection {
  /// Ends the connection; of the close codes two are registered, and two of this protocol.
  func close(_ reason: DisconnectReason) {
    let code: UInt16 =
      switch reason {
      case .sessionEnded: 1000
      case .serverStops: 1001
      // The page must not reconnect.
      case .replaced: 4001
      // The token is void.
      case .removed: 4002
      }
    close(code: code, reason: reason.rawValue)
  }
}

extension WebSocketCloseReason {
  /// Of a `disconnected` event.
  var fields: [String: String] {
    var fields = ["reason": cause.rawValue, "close_code": "\(code)"]
    if cause == .peer, !text.isEmpty { fields["text"] = text }
    return fields
  }
}
