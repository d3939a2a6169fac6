import CGLibShims
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
final class HTTPExchange {
  enum State {
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
  let core: ServerContext
  var message: OpaquePointer?
  var state = State.reading
  var deadline: Double
  private(set) var started: Double
  private var headGuard: GObjectReference?
  var method = ""
  /// The path, decoded; nil where that cannot be done.
  private var segments: [String]?
  private var query: [String: String] = [:]
  private var maximumBodyBytes = 0
  /// What the body costs that is not wholly there yet.
  private(set) var unreadBytes = 0
  var headers: [String: String] = [:]
  private var sender: SiteAddress.Sender
  private var logTarget = ""
  var status = 0
  private var droppedBytes = 0
  /// Whether client and server agree on a further request.
  var keepsAlive = false

  /// What a rejected request may still send before it is cut off, in bytes; more courtesy than that is not owed.
  private static let courtesyBytes = 4 * 1024 * 1024
  private static let courtesySeconds = 2.0
  /// What libsoup keeps besides the bytes of each piece of a body, however short, in bytes.
  private static let chunkCost = 128

  init(client: ClientConnection, core: ServerContext, refused: Duration?) {
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
    reject(fault == EXAM_HEAD_TOO_LARGE ? .headTooLarge : .unknownMethod)
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

  func addCommonHeaders(_ message: OpaquePointer) {
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
      return answer(GatewayProblem.badPath.response())
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

  // MARK: - Time

  func sweep(now: Double) {
    if case .streaming(let stream) = state { stream.sweep(now: now) }
    guard now > deadline else { return }
    deadline = .infinity
    if case .reading = state {
      core.noteSlowRequest(client.address)
      status = GatewayProblem.tooSlow.status
      client.writeDirectly(GatewayProblem.tooSlow.raw)
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

private func requestHeadIsRefused(_ fault: ExamHeadFault, _ data: gpointer?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { exchange.refuseHead(fault) }
}
