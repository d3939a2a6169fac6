import CGLibShims
import CHeadGuard
import CSoup
import GLibRuntime
import Glibc

/// One request on a connection, and its answer.
///
/// libsoup sees each request as the only one of its connection, because this version leaks the descriptor of a
/// kept-alive client that disconnects between two requests. To keep a connection alive, it is stolen back from libsoup
/// once the answer is written, and handed over again when the next request arrives.
///
/// libsoup owns the message. It is borrowed here until libsoup frees it, the only signal that comes however an exchange
/// ends (`finished` does not come if the headers never did).
@GatewayActor
final class HTTPExchange {
  enum State {
    /// Reading headers, then the body.
    case reading
    /// Refused while being read: an answer was written past libsoup, and the rest is read and dropped.
    case rejected
    /// A handler is running; libsoup is paused.
    case handling
    case answering
    /// The next piece of the answer is being produced or written.
    case sending(next: @Sendable () async throws -> [UInt8]?, isWriting: Bool)
    case streaming(PictureStream)
    /// The handshake's answer is being written.
    case upgrading(@GatewayActor (WebSocketConnection) -> Void)
    /// The connection now belongs to a WebSocket.
    case upgraded
    /// The answer is written, and the connection taken back for another request.
    case keptAlive
    case finished
  }

  let client: ClientConnection
  /// How long a client that sent more requests than allowed has to wait: this request gets only that answer.
  let refused: Duration?
  let server: WebServer
  var message: OpaquePointer?
  var state = State.reading
  var deadline: Double
  private(set) var started: Double
  private var headGuard: GObjectReference?
  var method = ""
  /// Without its body; nil if its path cannot be decoded.
  private(set) var request: HTTPRequest?
  private var maximumBodyBytes = 0
  /// The cost of the body while it is incomplete.
  private(set) var unreadBytes = 0
  var headers: [String: String] = [:]
  private var sender: SiteAddress.Sender
  private var logTarget = ""
  var status = 0
  private var droppedBytes = 0
  /// Whether client and server agree to keep the connection.
  var keepsAlive = false

  /// What a rejected request may still send before it is cut off, in bytes; no more courtesy than that is owed.
  private static let courtesyBytes = 4 * 1024 * 1024
  private static let courtesySeconds = 2.0
  /// libsoup's overhead for each piece of a body, however short, in bytes.
  private static let chunkCost = 128

  init(client: ClientConnection, server: WebServer, refused: Duration?) {
    self.client = client
    self.refused = refused
    self.server = server
    sender = .init(address: client.address, isSecure: client.isSecure, isForwarded: false)
    started = monotonicSeconds()
    deadline = started + server.configuration.headerTimeout
  }

  // MARK: - From libsoup

  /// What libsoup reads the request from. It lives as long as this object.
  func guardedStream() -> UnsafeMutablePointer<GIOStream> {
    let stream = GObjectReference(
      adopting: exam_head_guard_new(
        client.rawStream, gsize(server.configuration.maximumHeadBytes),
        guint(server.configuration.maximumHeadFields + 1),
        { fault, data in enter(data) { $0.refuseHead(fault) } }, Unmanaged.passUnretained(self).toOpaque()))
    headGuard = stream
    return stream.cast()
  }

  private func refuseHead(_ fault: ExamHeadFault) {
    reject(fault == EXAM_HEAD_TOO_LARGE ? .headTooLarge : .unknownMethod)
  }

  /// libsoup has created the message that the request will be read into.
  func begin(_ message: OpaquePointer) {
    self.message = message
    let object = UnsafeMutableRawPointer(message)
    // The server keeps this exchange until the notification, so an unretained reference is enough.
    g_object_weak_ref(
      object.assumingMemoryBound(to: GObject.self), messageIsFreed, Unmanaged.passUnretained(self).toOpaque())
    connectMessageSignals(object, context: self)
    addCommonHeaders(message)
  }

  func addCommonHeaders(_ message: OpaquePointer) {
    let answer = soup_server_message_get_response_headers(message)
    for (name, value) in SecurityHeaders.common { soup_message_headers_replace(answer, name, value) }
    if server.site.demandsHTTPS(host: headers["host"], sender: sender) {
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
    sender = server.site.sender(peer: client.address, isSecure: client.isSecure, headers: headers)
    client.clientAddress = sender.address
    addCommonHeaders(message)
    started = monotonicSeconds()
    deadline = started + server.configuration.bodyTimeout
    method = String(cString: soup_server_message_get_method(message))
    if let uri = soup_server_message_get_uri(message) {
      let path = String(cString: g_uri_get_path(uri))
      let rawQuery = g_uri_get_query(uri).map { String(cString: $0) }
      logTarget = RequestTarget.redacted(path: path, query: rawQuery)
      request = RequestTarget.segments(ofPath: path).map { segments in
        HTTPRequest(
          method: HTTPMethod(method), segments: segments,
          query: rawQuery.map { RequestTarget.fields(ofQuery: $0) } ?? [:], headers: headers,
          remoteAddress: sender.address, isSecure: sender.isSecure)
      }
    }
    maximumBodyBytes = server.maximumBodyBytes(of: request)
    guard soup_message_headers_get_encoding(raw) == SOUP_ENCODING_CONTENT_LENGTH,
      soup_message_headers_get_content_length(raw) > maximumBodyBytes
    else { return }
    if soup_message_headers_get_expectations(raw).rawValue & SOUP_EXPECTATION_CONTINUE.rawValue != 0 {
      // The client waits before it sends the body, so libsoup can answer in order.
      set(GatewayProblem.bodyTooLarge.response())
      state = .answering
    } else {
      reject(.bodyTooLarge)
    }
  }

  func gotChunk(_ count: Int) {
    guard let message else { return }
    switch state {
    case .reading:
      if soup_server_message_get_request_body(message).pointee.length > maximumBodyBytes {
        reject(.bodyTooLarge)
      } else {
        unreadBytes += count + Self.chunkCost
        server.countUnread(count + Self.chunkCost)
      }
    case .rejected:
      droppedBytes += count
      if droppedBytes > Self.courtesyBytes { client.shutDown() }
    default: break
    }
  }

  /// Setting a status does not stop libsoup from reading on, so the answer bypasses it, and what still arrives is
  /// dropped for a moment: closed at once, the connection would be reset and the answer lost.
  private func reject(_ problem: GatewayProblem) {
    guard let message else { return }
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), 0)
    forgetBody(message)
    status = problem.status
    client.writeDirectly(problem.raw)
    client.shutDownWriting()
    state = .rejected
    deadline = monotonicSeconds() + Self.courtesySeconds
  }

  /// There is no room for its body.
  func giveBodyUp() { reject(.noRoom) }

  private func forgetBody(_ message: OpaquePointer) {
    soup_message_body_truncate(soup_server_message_get_request_body(message))
    countNothingUnread()
  }

  private func countNothingUnread() {
    let bytes = unreadBytes
    unreadBytes = 0
    server.countUnread(-bytes)
  }

  /// The request is complete.
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
    server.requestIsWhole(on: client)
    keepsAlive = refused == nil && server.mayKeepAlive && wantsKeepAlive(message)
    guard var request else { return answer(GatewayProblem.badPath.response()) }
    if let bytes = soup_message_body_flatten(soup_server_message_get_request_body(message)) {
      request.body = SharedBytes(adopting: bytes).withUnsafeBytes { Array($0) }
    }
    forgetBody(message)
    server.dispatch(request, from: sender, self)
  }

  func wroteChunk() {
    switch state {
    case .streaming(let stream): stream.chunkWritten()
    case .sending(let next, isWriting: true): sendPiece(from: next)
    default: break
    }
  }

  /// The answer to a WebSocket handshake has been sent: the connection is taken from libsoup.
  func wroteInformational() {
    guard case .upgrading(let accepted) = state, let message,
      let stolen = soup_server_message_steal_connection(message)
    else { return }
    state = .upgraded
    let stream = GObjectReference(adopting: UnsafeMutableRawPointer(stolen))
    server.upgraded(client, stolen: stream, target: logTarget, accepted: accepted)
  }

  func wroteBody() {
    guard keepsAlive, case .answering = state, let message,
      let stolen = soup_server_message_steal_connection(message)
    else { return }
    let stream = GObjectReference(adopting: UnsafeMutableRawPointer(stolen))
    // A client that sends its next request before it has the answer leaves bytes in libsoup's buffer, from which they cannot
    // be recovered, or in that of TLS, where nobody reads them. No browser does that; such a connection is closed.
    let buffered = OpaquePointer(g_io_stream_get_input_stream(stream.cast()))
    guard let headGuard, exam_head_guard_has_leftover(headGuard.cast(), buffered) == 0,
      !client.hasPendingInput
    else { return }
    state = .keptAlive
  }

  /// libsoup has finished with the message, whatever happened.
  func messageFreed() {
    let freed = message
    message = nil
    if let headGuard { exam_head_guard_forget(headGuard.cast()) }
    countNothingUnread()
    let last = state
    state = .finished
    switch last {
    case .upgraded: status = 101
    case .keptAlive: server.waitForRequest(client)
    default: client.close()
    }
    if case .streaming(let stream) = last { stream.closed() }
    server.exchangeFinished(self, message: freed)
    guard !method.isEmpty else { return }
    server.log(
      .request(
        method: method, target: logTarget, status: status, address: client.clientAddress,
        milliseconds: Int((monotonicSeconds() - started) * 1000)))
  }

  // MARK: - Time

  func sweep(now: Double) {
    if case .streaming(let stream) = state { stream.sweep(now: now) }
    guard now > deadline else { return }
    deadline = .infinity
    if case .reading = state {
      server.noteSlowRequest(client.address)
      status = GatewayProblem.tooSlow.status
      client.writeDirectly(GatewayProblem.tooSlow.raw)
    }
    client.shutDown()
  }

  /// Ends the exchange because the server stops: streams end in order, the rest is cut off except for an answer in progress.
  func stop() {
    switch state {
    case .reading, .rejected, .upgrading: client.shutDown()
    case .streaming(let stream): stream.end()
    // Answers that are read from the archive end by themselves: the archive is closed first.
    case .handling, .answering, .sending, .upgraded, .keptAlive, .finished: break
    }
  }
}
