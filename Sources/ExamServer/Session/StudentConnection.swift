import WebGateway

/// Where a student's connection stands.
enum StudentConnection {
  case none
  case waitingForHello(WebSocketConnection)
  /// The page said what it sends. `isWelcomed`: a pipeline took it, on this connection, at least once.
  case open(WebSocketConnection, isWelcomed: Bool)

  var socket: WebSocketConnection? {
    switch self {
    case .none: nil
    case .waitingForHello(let socket), .open(let socket, _): socket
    }
  }

  var saidHello: Bool { if case .open = self { true } else { false } }
}
