/// The table of routes. Of two that match, the one added first answers.
struct Router {
  typealias Handler = @GatewayActor (HTTPRequest) async -> HTTPResponse

  struct WebSocketRoute {
    let subprotocol: String
    let explain: @GatewayActor (HTTPRequest) async -> HTTPResponse?
    let accept: @GatewayActor (HTTPRequest) -> WebSocketDecision
  }

  enum Answer {
    case handler(Handler, parameters: [String: String])
    case webSocket(WebSocketRoute, parameters: [String: String])
    /// The path exists, the method does not; `allow` is the value of the `Allow` header.
    case methodNotAllowed(allow: String)
    case notFound
  }

  var handlers: [(method: HTTPMethod, pattern: PathPattern, maximumBodyBytes: Int?, handler: Handler)] = []
  var webSockets: [(pattern: PathPattern, route: WebSocketRoute)] = []

  /// The body limit of the route for a request, if it has one.
  func maximumBodyBytes(_ method: HTTPMethod, _ path: [String]) -> Int? {
    handlers.first { $0.maximumBodyBytes != nil && $0.method == method && $0.pattern.match(path) != nil }?
      .maximumBodyBytes
  }

  /// A HEAD request is answered by the handler for GET.
  func answer(_ method: HTTPMethod, _ path: [String]) -> Answer {
    let wanted = method == .head ? .get : method
    var allowed: [String] = []
    for (routeMethod, pattern, _, handler) in handlers {
      guard let parameters = pattern.match(path) else { continue }
      if routeMethod == wanted { return .handler(handler, parameters: parameters) }
      allowed.append(routeMethod.name)
    }
    for (pattern, route) in webSockets {
      guard let parameters = pattern.match(path) else { continue }
      if method == .get { return .webSocket(route, parameters: parameters) }
      allowed.append("GET")
    }
    if allowed.isEmpty { return .notFound }
    if allowed.contains("GET") { allowed.append("HEAD") }
    return .methodNotAllowed(allow: allowed.joined(separator: ", "))
  }
}
