/// What a route says to a WebSocket handshake, before it is answered.
public enum WebSocketDecision {
  /// Upgrades. The closure gets the connection once the handshake's answer is written, and sets its callbacks; it is
  /// never called where the client goes away before that.
  case accept(@GatewayActor (WebSocketConnection) -> Void)
  case refuse(HTTPResponse)
}

/// The checks that come before the route's own.
enum WebSocketUpgrade {
  static var foreignOrigin: HTTPResponse {
    .problem(status: 403, title: "Forbidden", detail: "Not from this origin.", code: "bad_origin")
  }

  static func isRequested(by request: HTTPRequest) -> Bool {
    list(request.header("Upgrade")).contains { $0.lowercased() == "websocket" }
  }

  /// What a plain GET gets where a handshake would be accepted.
  static var required: HTTPResponse {
    var response = HTTPResponse.problem(
      status: 426, title: "Upgrade Required", detail: "This path speaks WebSocket.")
    response.headers.append(("Upgrade", "websocket"))
    return response
  }

  /// Nil where the handshake may go on.
  static func check(_ request: HTTPRequest, subprotocol: String, allowedOrigins: Set<String>) -> HTTPResponse?
  {
    guard isAllowed(origin: request.header("Origin"), host: request.header("Host"), allowedOrigins) else {
      return foreignOrigin
    }
    guard list(request.header("Sec-WebSocket-Protocol")).contains(subprotocol[...]) else {
      return .problem(
        status: 400, title: "Bad Request", detail: "The subprotocol \(subprotocol) is required.",
        code: "subprotocol_required")
    }
    return nil
  }

  /// A browser says which page opens a socket; programs need not.
  static func isAllowed(origin: String?, host: String?, _ allowedOrigins: Set<String>) -> Bool {
    guard let origin else { return true }
    if allowedOrigins.contains(origin) { return true }
    let scheme = ["https://", "http://"].first { origin.hasPrefix($0) }
    guard let host, let scheme else { return false }
    return origin.dropFirst(scheme.count).lowercased() == host.lowercased()
  }

  private static func list(_ header: String?) -> [Substring] {
    (header ?? "").split(separator: ",").map { item in
      let start = item.drop { $0 == " " || $0 == "\t" }
      guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start }
      return start[...last]
    }
  }
}
