import WebGateway

/// The state of a student's connection.
enum StudentConnection {
  case none
  case waitingForHello(WebSocketConnection)
  /// The page said what it sends. `isWelcomed`: a pipeline accepted it, on this connection, at least once.
  case open(WebSocketConnection, isWelcomed: Bool)

  var socket: WebSocketConnection? {
    switch self {
    case .none: nil
    case .waitingForHello(let socket), .open(let socket, _): socket
    }
  }

  var saidHello: Bool { if case .open = self { true } else { false } }
}
