import CSoup
import GLibRuntime

/// How an exchange is answered.
extension HTTPExchange {
  /// Waits for a handler.
  func handle(_ request: HTTPRequest, with handler: @escaping Router.Handler) {
    guard let message else { return }
    state = .handling
    deadline = .infinity
    soup_server_message_pause(message)
    Task { @GatewayActor in
      let response = await handler(request)
      guard case .handling = self.state, let message = self.message else { return }
      self.answer(response)
      soup_server_message_unpause(message)
    }
  }

  /// Sends an answer, unless the client has gone.
  func answer(_ response: HTTPResponse) {
    guard let message else { return }
    if case .pictures(let accept) = response.body, method != "HEAD" {
      return stream(response, accept)
    }
    state = .answering
    deadline = monotonicSeconds() + server.configuration.responseTimeout
    if case .pictures = response.body { keepsAlive = false }
    if keepsAlive {
      soup_message_headers_remove(soup_server_message_get_response_headers(message), "Connection")
    }
    set(response)
    if case .pieces(let next) = response.body, method != "HEAD" { sendPiece(from: next) }
  }

  /// Produces the next piece of the answer and passes it to libsoup. A client has the usual time for each.
  func sendPiece(from next: @escaping @Sendable () async throws -> [UInt8]?) {
    state = .sending(next: next, isWriting: false)
    deadline = .infinity
    Task { @GatewayActor in
      let piece: [UInt8]?
      do {
        piece = try await next()
      } catch {
        return self.cutOff()
      }
      guard case .sending = self.state, let message = self.message else { return }
      if piece?.isEmpty == true { return self.sendPiece(from: next) }
      let body = soup_server_message_get_response_body(message)
      self.deadline = monotonicSeconds() + self.server.configuration.responseTimeout
      if let piece {
        self.state = .sending(next: next, isWriting: true)
        append(SharedBytes(piece), to: body)
      } else {
        self.state = .answering
        soup_message_body_complete(body)
      }
      soup_server_message_unpause(message)
    }
  }

  /// Aborts an answer in the middle. libsoup is paused and watches nothing: it notices when it writes.
  private func cutOff() {
    guard case .sending = state, let message else { return }
    state = .answering
    keepsAlive = false
    client.shutDown()
    soup_message_body_complete(soup_server_message_get_response_body(message))
    soup_server_message_unpause(message)
  }

  private func stream(_ response: HTTPResponse, _ accept: @GatewayActor (PictureStream) -> Void) {
    guard let message else { return }
    set(response)
    deadline = .infinity
    let headers = soup_server_message_get_response_headers(message)
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_EOF)
    soup_message_body_set_accumulate(soup_server_message_get_response_body(message), 0)
    client.setSendBuffer(server.configuration.pictureSendBuffer)
    let stream = PictureStream(exchange: self, server: server)
    state = .streaming(stream)
    server.statistics.openPictureStreams += 1
    accept(stream)
  }

  func set(_ response: HTTPResponse) {
    guard let message else { return }
    let response = shown(response)
    status = response.status
    soup_server_message_set_status(message, guint(response.status), reasonPhrase(response.status))
    let headers = soup_server_message_get_response_headers(message)
    for (name, value) in response.headers where isHeaderText(name) && isHeaderText(value) {
      if SecurityHeaders.isCommon(name) {
        soup_message_headers_replace(headers, name, value)
      } else {
        soup_message_headers_append(headers, name, value)
      }
    }
    if soup_message_headers_get_one(headers, "Cache-Control") == nil {
      soup_message_headers_replace(headers, "Cache-Control", "no-store")
    }
    let body = soup_server_message_get_response_body(message)
    switch response.body {
    case .empty: break
    case .bytes(let bytes): append(SharedBytes(bytes), to: body)
    case .shared(let bytes): append(bytes, to: body)
    case .pieces:
      let isOld = soup_server_message_get_http_version(message) == SOUP_HTTP_1_0
      soup_message_headers_set_encoding(headers, isOld ? SOUP_ENCODING_EOF : SOUP_ENCODING_CHUNKED)
      soup_message_body_set_accumulate(body, 0)
    case .pictures:
      soup_message_headers_replace(headers, "Content-Type", PictureStream.contentType)
      // A HEAD request ends here.
      soup_message_headers_set_encoding(headers, SOUP_ENCODING_EOF)
    }
  }

  /// Somebody who opens an address in a browser is told on the first page why it was refused; programs get the problem
  /// document, and so does a browser that is refused that page. Only a browser that opens an address asks for
  /// `application/xhtml+xml`: programs may ask for `text/html`, and follow redirects unseen.
  private func shown(_ response: HTTPResponse) -> HTTPResponse {
    guard let problem = response.problem, server.files != nil, let request, request.method == .get,
      request.query["problem"] == nil,
      headers["accept"]?.lowercased().contains("application/xhtml+xml") == true
    else { return response }
    // Without a public URL it is unknown below which path the pages are: as far up as the address is deep.
    let up = request.segments.count > 1 ? String(repeating: "../", count: request.segments.count - 1) : "./"
    return .redirect(to: "\(server.configuration.publicURL?.path ?? up)?\(problem)", status: 303)
  }

  /// Answers a WebSocket handshake that was accepted.
  func upgrade(subprotocol: String, accepted: @escaping @GatewayActor (WebSocketConnection) -> Void) {
    guard let message else { return }
    keepsAlive = false
    let answerHeaders = soup_server_message_get_response_headers(message)
    soup_message_headers_remove(answerHeaders, "Connection")
    // If none was offered, none is chosen: the frame codec supports no extension.
    soup_message_headers_remove(soup_server_message_get_request_headers(message), "Sec-WebSocket-Extensions")
    let isValid = subprotocol.withCString { name in
      var protocols: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: name), nil]
      return soup_websocket_server_process_handshake(message, nil, &protocols, nil, nil) != 0
    }
    guard isValid else {
      soup_message_body_truncate(soup_server_message_get_response_body(message))
      soup_message_headers_clear(answerHeaders)
      addCommonHeaders(message)
      return answer(GatewayProblem.badHandshake.response(adding: [("Sec-WebSocket-Version", "13")]))
    }
    state = .upgrading(accepted)
    deadline = monotonicSeconds() + server.configuration.responseTimeout
  }

  // MARK: - For the picture stream

  /// Passes parts to libsoup, which writes them one after the other.
  func write(_ parts: [SharedBytes]) {
    guard let message, case .streaming = state else { return }
    let body = soup_server_message_get_response_body(message)
    for part in parts { append(part, to: body) }
    soup_server_message_unpause(message)
  }

  func endStream() {
    guard let message, case .streaming = state else { return }
    soup_message_body_complete(soup_server_message_get_response_body(message))
    soup_server_message_unpause(message)
    deadline = monotonicSeconds() + server.configuration.closeTimeout
  }
}
