/// A route's response to a WebSocket handshake, before it is answered.
public enum WebSocketDecision {
  /// Upgrades. The closure gets the connection once the handshake's answer is written, and sets its callbacks; it is
  /// never called if the client disconnects before that.
  case accept(@GatewayActor (WebSocketConnection) -> Void)
  case refuse(HTTPResponse)
}

/// The checks that come before the route's own.
enum WebSocketUpgrade {
  static func isRequested(by request: HTTPRequest) -> Bool {
    list(request.header("Upgrade")).contains { $0.lowercased() == "websocket" }
  }

  /// What a plain GET gets if a handshake would be accepted.
  static var required: HTTPResponse {
    GatewayProblem.webSocketRequired.response(adding: [("Upgrade", "websocket")])
  }

  /// The token offered as one of the subprotocols: `token.TOKEN`. Unlike an address it is in no log or history.
  static func token(offeredBy request: HTTPRequest) -> String? {
    let prefix = "token."
    return list(request.header("Sec-WebSocket-Protocol")).first { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
  }

  /// Nil if the handshake may proceed.
  static func check(_ request: HTTPRequest, subprotocol: String) -> HTTPResponse? {
    guard list(request.header("Sec-WebSocket-Protocol")).contains(subprotocol[...]) else {
      return GatewayProblem.subprotocolRequired(subprotocol).response()
    }
    return nil
  }

  private static func list(_ header: String?) -> [Substring] {
    (header ?? "").split(separator: ",").map { item in
      let start = item.drop { $0 == " " || $0 == "\t" }
      guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start }
      return start[...last]
    }
  }
}
