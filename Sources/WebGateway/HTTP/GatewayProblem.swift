/// Refusals by the gateway itself, whatever the route. They can also be sent without libsoup.
enum GatewayProblem {
  case badPath, badHandshake, notFound, methodNotAllowed, tooSlow, bodyTooLarge, webSocketRequired
  case headTooLarge, unknownMethod, noRoom, tooManyConnections, stopping

  /// Status, title and code, and what to do.
  private var words: (status: Int, title: String, code: String, detail: String) {
    switch self {
    case .badPath: (400, "Bad Request", "bad_request", "The path cannot be decoded.")
    case .badHandshake: (400, "Bad Request", "bad_handshake", "Not a WebSocket handshake of version 13.")
    case .notFound:
      (404, "Not Found", "not_found", "There is nothing at this address. Please look at it once more.")
    case .methodNotAllowed:
      (405, "Method Not Allowed", "method_not_allowed", "This address takes other methods: see Allow.")
    case .tooSlow: (408, "Request Timeout", "too_slow", "The request did not come as a whole in time.")
    case .bodyTooLarge:
      (413, "Content Too Large", "too_large", "The body of the request is larger than this address takes.")
    case .webSocketRequired: (426, "Upgrade Required", "upgrade_required", "This path speaks WebSocket.")
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

  func response(adding headers: [(name: String, value: String)] = []) -> HTTPResponse {
    let (status, title, code, detail) = words
    var response = HTTPResponse.problem(
      status: status, title: title, detail: detail, code: code, retryAfter: status == 503 ? 5 : nil)
    response.headers += headers
    return response
  }

  /// All bytes of an answer that ends its connection.
  var raw: String {
    let response = response()
    guard case .bytes(let body) = response.body else { return "" }
    let headers = response.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return "HTTP/1.1 \(status) \(words.title)\r\n\(headers)Content-Length: \(body.count)\r\n"
      + "\(SecurityHeaders.commonText)Cache-Control: no-store\r\nConnection: close\r\n\r\n"
      + String(decoding: body, as: UTF8.self)
  }
}
