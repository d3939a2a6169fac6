import CHeadGuard
import CSoup
import GLibRuntime
import Glibc

/// One connection's one request and its answer.
///
/// libsoup sees each request as a connection's only one, because this version of it leaks the descriptor of a kept-alive
/// client that goes away between two requests. A connection is kept alive by stealing it back from libsoup once the
/// answer is written, and handing it over anew when the next request comes.
///
/// libsoup owns the message. It is borrowed here until libsoup frees it, which is the one sign that comes however an
/// exchange ends (`finished` does not come where the headers never did).
@GatewayActor
final class Exchange {
  private enum State {
    /// Headers, then body.
    case reading
    /// Refused while it was read: an answer was written past libsoup, and the rest is read and dropped.
    case rejected
    /// A handler is at work; libsoup is paused.
    case handling
    case answering
    /// The next piece of the answer is being made, or written.
    case sending(next: @Sendable () async throws -> [UInt8]?, isWriting: Bool)
    case streaming(PictureStream)
    /// The handshake's answer is being written.
    case upgrading(@GatewayActor (WebSocketConnection) -> Void)
    /// The connection is a WebSocket's now.
    case upgraded
    /// The answer is written, and the connection is taken back for a further request.
    case keptAlive
    case finished
  }

  let client: ClientConnection
  /// How long the client has to wait, where it sent more requests than it may: this one is answered with that alone.
  let refused: Duration?
  private let core: WebServerCore
  private var message: OpaquePointer?
  private var state = State.reading
  private var deadline: Double
  private(set) var started: Double
  private var headGuard: GObjectReference?
  private var method = ""
  /// The path, decoded; nil where that cannot be done.
  private var segments: [String]?
  private var query: [String: String] = [:]
  private var maximumBodyBytes = 0
  /// What the body costs that is not wholly there yet.
  private(set) var unreadBytes = 0
  private var headers: [String: String] = [:]
  private var sender: SiteAddress.Sender
  private var logTarget = ""
  private var status = 0
  private var droppedBytes = 0
  /// Whether client and server agree on a further request.
  private var keepsAlive = false

  /// What a rejected request may still send before it is cut off, in bytes; more courtesy than that is not owed.
  private static let courtesyBytes = 4 * 1024 * 1024
  private static let courtesySeconds = 2.0
  /// What libsoup keeps besides the bytes of each piece of a body, however short, in bytes.
  private static let chunkCost = 128

  init(client: ClientConnection, core: WebServerCore, refused: Duration?) {
    self.client = client
    self.refused = refused
    self.core = core
    sender = .init(address: client.address, isSecure: client.isSecure, isForwarded: false)
    started = monotonicSeconds()
    deadline = started + core.configuration.headerTimeout
  }

  // MARK: - From libsoup

  /// What libsoup reads the request from. Lives as long as this.
  func guardedStream() -> UnsafeMutablePointer<GIOStream> {
    let stream = GObjectReference(
      adopting: exam_head_guard_new(
        client.rawStream, gsize(core.configuration.maximumHeadBytes),
        guint(core.configuration.maximumHeadFields + 1), requestHeadIsRefused,
        Unmanaged.passUnretained(self).toOpaque()))
    headGuard = stream
    return stream.cast()
  }

  func refuseHead(_ fault: ExamHeadFault) {
    if fault == EXAM_HEAD_TOO_LARGE {
      reject(431, "Request Header Fields Too Large")
    } else {
      reject(501, "Not Implemented")
    }
  }

  /// libsoup has made the message that the request will be read into.
  func begin(_ message: OpaquePointer) {
    self.message = message
    let object = UnsafeMutableRawPointer(message)
    // The server keeps this exchange until the notification, so an unretained reference is enough for it.
    g_object_weak_ref(
      object.assumingMemoryBound(to: GObject.self), messageIsFreed, Unmanaged.passUnretained(self).toOpaque())
    connectMessageSignals(object, context: self)
    addCommonHeaders(message)
  }

  private func addCommonHeaders(_ message: OpaquePointer) {
    let answer = soup_server_message_get_response_headers(message)
    for (name, value) in SecurityHeaders.common { soup_message_headers_replace(answer, name, value) }
    if core.site.demandsHTTPS(host: headers["host"], sender: sender) {
      let (name, value) = SecurityHeaders.strictTransport
      soup_message_headers_replace(answer, name, value)
    }
    soup_message_headers_replace(answer, "Connection", "close")
  }

  func gotHeaders() {
    guard let message else { return }
    let raw = soup_server_message_get_request_headers(message)
    // A short request can make libsoup build a huge answer out of ranges (CVE-2025-32907).
    soup_message_headers_remove(raw, "Range")
    headers = headerFields(raw)
    sender = core.site.sender(peer: client.address, isSecure: client.isSecure, headers: headers)
    client.clientAddress = sender.address
    addCommonHeaders(message)
    started = monotonicSeconds()
    deadline = started + core.configuration.bodyTimeout
    method = String(cString: soup_server_message_get_method(message))
    if let uri = soup_server_message_get_uri(message) {
      let path = String(cString: g_uri_get_path(uri))
      let rawQuery = g_uri_get_query(uri).map { String(cString: $0) }
      logTarget = RequestTarget.redacted(path: path, query: rawQuery)
      segments = RequestTarget.segments(ofPath: path)
      query = rawQuery.map { RequestTarget.fields(ofQuery: $0) } ?? [:]
    }
    maximumBodyBytes = core.maximumBodyBytes(HTTPMethod(method), segments ?? [])
    guard soup_message_headers_get_encoding(raw) == SOUP_ENCODING_CONTENT_LENGTH,
      soup_message_headers_get_content_length(raw) > maximumBodyBytes
    else { return }
    if soup_message_headers_get_expectations(raw).rawValue & SOUP_EXPECTATION_CONTINUE.rawValue != 0 {
      // The client waits before it sends the body, so libsoup can answer in order.
      set(Self.bodyTooLarge)
      state = .answering
    } else {
      reject(413, "Content Too Large")
    }
  }

  func gotChunk(_ count: Int) {
    guard let message else { return }
    switch state {
    case .reading:
      if soup_server_message_get_request_body(message).pointee.length > maximumBodyBytes {
        reject(413, "Content Too Large")
      } else {
        unreadBytes += count + Self.chunkCost
        core.countUnread(count + Self.chunkCost)
      }
    case .rejected:
      droppedBytes += count
      if droppedBytes > Self.courtesyBytes { client.shutDown() }
    default: break
    }
  }

  /// Setting a status does not keep libsoup from reading on, so the answer goes past it, and what still comes is
  /// dropped for a moment: closed at once, the connection would be reset and the answer lost.
  private func reject(_ status: Int, _ title: String) {
    guard let message else { return }
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), 0)
    forgetBody(message)
    self.status = status
    client.writeDirectly(rawAnswer(status, title))
    client.shutDownWriting()
    state = .rejected
    deadline = monotonicSeconds() + Self.courtesySeconds
  }

  /// There is no room for its body.
  func giveBodyUp() { reject(503, "Service Unavailable") }

  private func forgetBody(_ message: OpaquePointer) {
    soup_message_body_truncate(soup_server_message_get_request_body(message))
    countNothingUnread()
  }

  private func countNothingUnread() {
    let bytes = unreadBytes
    unreadBytes = 0
    core.countUnread(-bytes)
  }

  /// The whole request is there.
  func gotBody() {
    guard let message else { return }
    guard case .reading = state else {
      if case .rejected = state {
        // Ends the exchange: there is nothing left to say.
        client.shutDown()
        soup_server_message_set_status(message, guint(status), nil)
      }
      return
    }
    core.statistics.requests += 1
    core.requestIsWhole(on: client)
    keepsAlive = refused == nil && core.mayKeepAlive && wantsKeepAlive(message)
    guard let request = makeRequest(message) else {
      return answer(.problem(status: 400, title: "Bad Request", detail: "The path cannot be decoded."))
    }
    core.dispatch(request, from: sender, self)
  }

  func wroteChunk() {
    switch state {
    case .streaming(let stream): stream.chunkWritten()
    case .sending(let next, isWriting: true): sendPiece(from: next)
    default: break
    }
  }

  /// The answer to a WebSocket handshake is on its way: the connection is taken from libsoup.
  func wroteInformational() {
    guard case .upgrading(let accepted) = state, let message,
      let stolen = soup_server_message_steal_connection(message)
    else { return }
    state = .upgraded
    let stream = GObjectReference(adopting: UnsafeMutableRawPointer(stolen))
    core.upgraded(client, stolen: stream, target: logTarget, accepted: accepted)
  }

  func wroteBody() {
    guard keepsAlive, case .answering = state, let message,
      let stolen = soup_server_message_steal_connection(message)
    else { return }
    let stream = GObjectReference(adopting: UnsafeMutableRawPointer(stolen))
    // A client that sends its next request before it has the answer leaves bytes in libsoup's buffer, from where they
    // cannot be put back, or in that of TLS, where nobody waits for them. No browser does that; such a connection is closed.
    let buffered = OpaquePointer(g_io_stream_get_input_stream(stream.cast()))
    guard let headGuard, exam_head_guard_has_leftover(headGuard.cast(), buffered) == 0,
      !client.hasPendingInput
    else { return }
    state = .keptAlive
  }

  /// libsoup is done with the message, whatever happened.
  func messageFreed() {
    let freed = message
    message = nil
    if let headGuard { exam_head_guard_forget(headGuard.cast()) }
    countNothingUnread()
    let last = state
    state = .finished
    switch last {
    case .upgraded: status = 101
    case .keptAlive: core.waitForRequest(client)
    default: client.close()
    }
    if case .streaming(let stream) = last { stream.closed() }
    core.exchangeFinished(
      self, message: freed, method: method, target: logTarget, status: status,
      milliseconds: Int((monotonicSeconds() - started) * 1000))
  }

  // MARK: - Answering

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
    deadline = monotonicSeconds() + core.configuration.responseTimeout
    if case .pictures = response.body { keepsAlive = false }
    if keepsAlive {
      soup_message_headers_remove(soup_server_message_get_response_headers(message), "Connection")
    }
    set(response)
    if case .pieces(let next) = response.body, method != "HEAD" { sendPiece(from: next) }
  }

  /// Has the next piece of the answer made, and hands it to libsoup. A client has the usual time for each.
  private func sendPiece(from next: @escaping @Sendable () async throws -> [UInt8]?) {
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
      self.deadline = monotonicSeconds() + self.core.configuration.responseTimeout
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

  /// Ends an answer in the middle. libsoup is paused and watches nothing: it finds out by writing.
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
    client.setSendBuffer(core.configuration.pictureSendBuffer)
    let stream = PictureStream(exchange: self, core: core)
    state = .streaming(stream)
    core.statistics.openPictureStreams += 1
    accept(stream)
  }

  private func set(_ response: HTTPResponse) {
    guard let message else { return }
    let response = response.readable(for: headers)
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
      soup_message_headers_replace(headers, "Content-Type", MultipartPart.contentType)
      // A HEAD request ends here.
      soup_message_headers_set_encoding(headers, SOUP_ENCODING_EOF)
    }
  }

  /// Answers a WebSocket handshake that has been allowed.
  func upgrade(subprotocol: String, accepted: @escaping @GatewayActor (WebSocketConnection) -> Void) {
    guard let message else { return }
    keepsAlive = false
    let answerHeaders = soup_server_message_get_response_headers(message)
    soup_message_headers_remove(answerHeaders, "Connection")
    // Without an offer none is chosen: the frame codec knows no extension.
    soup_message_headers_remove(soup_server_message_get_request_headers(message), "Sec-WebSocket-Extensions")
    let isValid = subprotocol.withCString { name in
      var protocols: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: name), nil]
      return soup_websocket_server_process_handshake(message, nil, &protocols, nil, nil) != 0
    }
    guard isValid else {
      soup_message_body_truncate(soup_server_message_get_response_body(message))
      soup_message_headers_clear(answerHeaders)
      addCommonHeaders(message)
      var response = HTTPResponse.problem(
        status: 400, title: "Bad Request", detail: "Not a WebSocket handshake of version 13.")
      response.headers.append(("Sec-WebSocket-Version", "13"))
      return answer(response)
    }
    state = .upgrading(accepted)
    deadline = monotonicSeconds() + core.configuration.responseTimeout
  }

  // MARK: - For the picture stream

  /// Hands parts to libsoup, which writes them one after the other.
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
    deadline = monotonicSeconds() + core.configuration.closeTimeout
  }

  // MARK: - Time

  func sweep(now: Double) {
    if case .streaming(let stream) = state { stream.sweep(now: now) }
    guard now > deadline else { return }
    deadline = .infinity
    if case .reading = state {
      core.noteSlowRequest(client.address)
      status = 408
      client.writeDirectly(rawAnswer(408, "Request Timeout"))
    }
    client.shutDown()
  }

  /// Ends the exchange for the server's stop: streams end in order, the rest is cut off but for an answer in progress.
  func stop() {
    switch state {
    case .reading, .rejected, .upgrading: client.shutDown()
    case .streaming(let stream): stream.end()
    // What is read for an answer ends by itself: whoever stops the server closes the archive.
    case .handling, .answering, .sending, .upgraded, .keptAlive, .finished: break
    }
  }

  // MARK: - Parts

  private static let bodyTooLarge = HTTPResponse.problem(
    status: 413, title: "Content Too Large", detail: "The request's body is larger than allowed.")

  private func makeRequest(_ message: OpaquePointer) -> HTTPRequest? {
    guard let segments else { return nil }
    var body: [UInt8] = []
    if let bytes = soup_message_body_flatten(soup_server_message_get_request_body(message)) {
      body = SharedBytes(adopting: bytes).withUnsafeBytes { Array($0) }
    }
    forgetBody(message)
    return HTTPRequest(
      method: HTTPMethod(method), segments: segments, query: query, headers: headers,
      body: body, remoteAddress: sender.address, isSecure: sender.isSecure)
  }
}

/// libsoup takes a reference of its own, and no empty chunk.
@GatewayActor
private func append(_ bytes: SharedBytes, to body: UnsafeMutablePointer<SoupMessageBody>?) {
  guard bytes.count > 0 else { return }
  withExtendedLifetime(bytes) { soup_message_body_append_bytes(body, bytes.pointer) }
}

/// Phrases that this version of libsoup does not know; nil leaves it to libsoup.
private func reasonPhrase(_ status: Int) -> String? {
  switch status {
  case 422: "Unprocessable Content"
  case 426: "Upgrade Required"
  case 428: "Precondition Required"
  case 429: "Too Many Requests"
  case 431: "Request Header Fields Too Large"
  default: nil
  }
}

/// No control characters: they would let a value begin a header of its own.
private func isHeaderText(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }

private func wantsKeepAlive(_ message: OpaquePointer) -> Bool {
  let headers = soup_server_message_get_request_headers(message)
  // A client that wanted a WebSocket has no further request on this connection.
  return soup_server_message_get_http_version(message) == SOUP_HTTP_1_1
    && soup_message_headers_header_contains(headers, "Connection", "close") == 0
    && soup_message_headers_header_contains(headers, "Connection", "upgrade") == 0
}

/// An answer that is written without libsoup.
func rawAnswer(_ status: Int, _ title: String) -> String {
  let body = "{\"type\":\"about:blank\",\"title\":\"\(title)\",\"status\":\(status)}"
  return
    "HTTP/1.1 \(status) \(title)\r\nContent-Type: application/problem+json\r\nContent-Length: \(body.utf8.count)"
    + "\r\n\(SecurityHeaders.commonText)Cache-Control: no-store\r\n"
    + (status == 503 ? "Retry-After: 5\r\n" : "") + "Connection: close\r\n\r\n" + body
}

private func headerFields(_ headers: OpaquePointer?) -> [String: String] {
  var fields: [String: String] = [:]
  var iterator = SoupMessageHeadersIter()
  soup_message_headers_iter_init(&iterator, headers)
  var name: UnsafePointer<CChar>?
  var value: UnsafePointer<CChar>?
  while soup_message_headers_iter_next(&iterator, &name, &value) != 0 {
    let key = headerText(name!).lowercased()
    let text = headerText(value!)
    if fields[key] == nil {
      fields[key] = text
    } else {
      fields[key]!.append(", ")
      fields[key]!.append(text)
    }
  }
  return fields
}

/// A header's text as ISO 8859-1 (RFC 9110, 5.5), in which nothing has to be composed or sorted to be compared, and no
/// separator makes one character with what stands behind it.
private func headerText(_ text: UnsafePointer<CChar>) -> String {
  let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
  if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
  return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

private func requestHeadIsRefused(_ fault: ExamHeadFault, _ data: gpointer?) {
  let exchange = callbackContext(data, as: Exchange.self)
  GatewayActor.assumeIsolated { exchange.refuseHead(fault) }
}
