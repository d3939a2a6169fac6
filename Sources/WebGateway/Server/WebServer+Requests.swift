import GLibRuntime

/// Dispatches requests.
extension WebServer {
  func dispatch(_ request: HTTPRequest, from sender: SiteAddress.Sender, _ exchange: HTTPExchange) {
    let url = configuration.publicURL
    let needsSlash = url?.needsSlash(request.segments) == true
    var request = request
    if let url { request.segments = url.strippingPrefix(request.segments) }
    if let refusal = refusal(of: request, from: sender, exchange) { return exchange.answer(refusal) }
    // Relative addresses of the page would be wrong.
    if needsSlash, let url { return exchange.answer(.redirect(to: url.path, status: 308)) }
    if let ticket = request.query["ticket"], !request.method.changes {
      guard let holder = redeemTicket?(ticket, request.path) else {
        return exchange.answer(GatewayProblem.badTicket.response())
      }
      request.ticketHolder = holder
    }
    switch router.answer(request.method, request.segments) {
    case .handler(let handler, let parameters):
      request.parameters = parameters
      exchange.handle(request, with: handler)
    case .webSocket(let route, let parameters):
      request.parameters = parameters
      openWebSocket(request, route, exchange)
    case .methodNotAllowed(let allow):
      exchange.answer(GatewayProblem.methodNotAllowed.response(adding: [("Allow", allow)]))
    case .notFound:
      if let files, let file = files.answer(request) {
        exchange.answer(file)
      } else {
        exchange.answer(GatewayProblem.notFound.response())
      }
    }
  }

  /// The answer to a request that is not meant for this server, or whose client has too many connections. Nil if it may
  /// proceed.
  private func refusal(
    of request: HTTPRequest, from sender: SiteAddress.Sender, _ exchange: HTTPExchange
  ) -> HTTPResponse? {
    let client = exchange.client
    if let wait = exchange.refused { return overBudget(sender, wait) }
    if sender.isForwarded {
      let network = IPAddress.network(of: sender.address)
      if !count(client, for: network) {
        noteRefusal(of: client, .perAddress)
        return GatewayProblem.tooManyConnections.response()
      }
      if let wait = line.take(of: network) { return overBudget(sender, wait) }
    }
    if files?.isForAnybody(request) == true { return nil }
    let host = request.header("Host")
    let origin = request.header("Origin")
    guard
      let refusal = site.refusal(
        host: host, origin: origin, sender: sender, local: client.localNumericAddress,
        changes: request.method.changes || request.wantsWebSocket)
    else { return nil }
    limiter.note(.requestsRefused(refusal)) {
      .requestsRefused(
        count: $0, address: sender.address, host: forLog(host),
        origin: refusal == .origin ? forLog(origin) : "",
        reason: refusal)
    }
    return GatewayProblem(refusal).response()
  }

  private func overBudget(_ sender: SiteAddress.Sender, _ wait: Duration) -> HTTPResponse {
    limiter.note(.tooManyRequests) { .requestsOverBudget(count: $0, address: sender.address) }
    return GatewayProblem.tooManyRequests(seconds: max(1, Int(wait.components.seconds + 1))).response()
  }

  private func openWebSocket(_ request: HTTPRequest, _ route: Router.WebSocketRoute, _ exchange: HTTPExchange)
  {
    guard request.wantsWebSocket else {
      // A page cannot see why its handshake was refused, so it asks again with a plain request.
      return exchange.handle(request) {
        await route.explain($0)
          ?? GatewayProblem.webSocketRequired.response(adding: [("Upgrade", "websocket")])
      }
    }
    guard request.list("Sec-WebSocket-Protocol").contains(route.subprotocol[...]) else {
      return exchange.answer(GatewayProblem.subprotocolRequired(route.subprotocol).response())
    }
    if isStopping { return exchange.answer(GatewayProblem.stopping.response()) }
    switch route.accept(request) {
    case .refuse(let response): exchange.answer(response)
    case .accept(let accepted): exchange.upgrade(subprotocol: route.subprotocol, accepted: accepted)
    }
  }
}

/// A header's text for a log: short, and without anything that would break its line.
private func forLog(_ text: String?) -> String {
  let cut = (text ?? "").unicodeScalars.prefix(120).filter { $0.value > 0x20 && $0.value < 0x7f }
  return String(String.UnicodeScalarView(cut))
}
