/// Refusals by the gateway itself, whatever the route. They can also be sent without libsoup.
enum GatewayProblem {
  case badPath, badHandshake, notFound, methodNotAllowed, tooSlow, bodyTooLarge, webSocketRequired
  case headTooLarge, unknownMethod, noRoom, tooManyConnections, stopping
  case badTicket, badHost, badOrigin, notEncrypted
  case subprotocolRequired(String)
  case tooManyRequests(seconds: Int)

  init(_ refusal: GatewayEvent.RequestRefusal) {
    self =
      switch refusal {
      case .host: .badHost
      case .origin: .badOrigin
      case .unencrypted: .notEncrypted
      }
  }

  /// Status, title and code, and what to do.
  private var words: (status: Int, title: String, code: String, detail: String) {
    switch self {
    case .badPath: (400, "Bad Request", "bad_request", "The path cannot be decoded.")
    case .badHandshake: (400, "Bad Request", "bad_handshake", "Not a WebSocket handshake of version 13.")
    case .subprotocolRequired(let name):
      (400, "Bad Request", "subprotocol_required", "The subprotocol \(name) is required.")
    case .badTicket:
      (
        401, "Link used up", "bad_ticket",
        "This link was good once, for a moment. Please open it again from the page where it was."
      )
    case .badOrigin:
      (
        403, "Forbidden", "bad_origin",
        "Not from this origin. If this is the right address, whoever runs the server should set public_url to it, "
          + "and trusted_proxies to the proxy before it; its log says more."
      )
    case .notEncrypted:
      (
        403, "Forbidden", "not_encrypted",
        "This port is for the proxy that encrypts. Please use the https address. Whoever runs the server sets the "
          + "proxy's address with trusted_proxies."
      )
    case .notFound:
      (404, "Not Found", "not_found", "There is nothing at this address. Please look at it once more.")
    case .methodNotAllowed:
      (405, "Method Not Allowed", "method_not_allowed", "This address takes other methods: see Allow.")
    case .tooSlow: (408, "Request Timeout", "too_slow", "The request did not come as a whole in time.")
    case .bodyTooLarge:
      (413, "Content Too Large", "too_large", "The body of the request is larger than this address takes.")
    case .badHost:
      (
        421, "Misdirected Request", "bad_host",
        "This server does not know the name by which it was reached. Please check the address. Whoever runs the "
          + "server can set public_url to the address people use, or add the name to allowed_hosts."
      )
    case .webSocketRequired: (426, "Upgrade Required", "upgrade_required", "This path speaks WebSocket.")
    case .tooManyRequests(let seconds):
      (
        429, "Too Many Requests", "too_many_requests",
        "More requests come from your address than this server takes. Please wait \(seconds) s."
      )
    case .headTooLarge:
      (431, "Request Header Fields Too Large", "head_too_large", "The head of the request is too large.")
    case .unknownMethod:
      (501, "Not Implemented", "unknown_method", "The method of the request is none that is known here.")
    case .noRoom:
      (503, "Service Unavailable", "no_room", "There are too many requests or connections; please try again.")
    case .tooManyConnections:
      (503, "Service Unavailable", "no_room", "Too many connections of one address; please try again.")
    case .stopping:
      (503, "Service Unavailable", "stopping", "The server is going away; please try again.")
    }
  }

  var status: Int { words.status }

  private var retryAfter: Int? {
    if case .tooManyRequests(let seconds) = self { seconds } else { status == 503 ? 5 : nil }
  }

  func response(adding headers: [(name: String, value: String)] = []) -> HTTPResponse {
    let (status, title, code, detail) = words
    var response = HTTPResponse.problem(
      status: status, title: title, detail: detail, code: code, retryAfter: retryAfter)
    response.headers += headers
    return response
  }

  /// All bytes of an answer that ends its connection.
  var raw: String {
    response().raw(reason: words.title)
  }
}

extension HTTPResponse {
  /// All bytes of an answer that ends its connection, sent without libsoup.
  func raw(reason: String) -> String {
    guard case .bytes(let body) = body else { return "" }
    let headers = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return "HTTP/1.1 \(status) \(reason)\r\n\(headers)Content-Length: \(body.count)\r\n"
      + "\(SecurityHeaders.commonText)Cache-Control: no-store\r\nConnection: close\r\n\r\n"
      + String(decoding: body, as: UTF8.self)
  }
}
