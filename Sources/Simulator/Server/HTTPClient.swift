import CGLibShims
import CSoup
import GLibRuntime

/// Talks to one server through libsoup: requests, and the handshakes of WebSockets.
@SimulatorActor
final class HTTPClient {
  struct Answer {
    let status: Int
    let body: [UInt8]
    /// Seconds that the server asks to wait, if it does.
    let retryAfter: Double?
  }

  private static let timeoutSeconds: guint = 30
  private static let maximumConnections: Int32 = 2500

  let base: ServerAddress
  private let trustsAnyCertificate: Bool
  private let session: GObjectReference

  /// - Parameter trustsAnyCertificate: for a server with a self-made certificate.
  init(base: ServerAddress, trustsAnyCertificate: Bool) {
    self.base = base
    self.trustsAnyCertificate = trustsAnyCertificate
    // A socket counts until it is open, and all students may reconnect at once.
    session = GObjectReference(
      adopting: UnsafeMutableRawPointer(exam_soup_session_new(Self.maximumConnections)!))
    soup_session_set_timeout(session.cast(), Self.timeoutSeconds)
    // Compressing what is already compressed would cost more than everything else.
    soup_session_remove_feature_by_type(session.cast(), soup_websocket_extension_manager_get_type())
  }

  /// - Parameters:
  ///   - path: with its leading slash.
  ///   - bearer: the token or password, if needed.
  /// - Throws: `GLibError` if there is no answer.
  func request(
    _ method: String, _ path: String, json: String? = nil, bearer: String? = nil
  ) async throws -> Answer {
    let message = try message(method, path)
    let headers = soup_message_get_request_headers(message.opaque)
    if let bearer { soup_message_headers_replace(headers, "Authorization", "Bearer \(bearer)") }
    if let json {
      let bytes = SharedBytes(Array(json.utf8))
      withExtendedLifetime(bytes) {
        soup_message_set_request_body_from_bytes(message.opaque, "application/json", bytes.pointer)
      }
    }
    let body = try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<SharedBytes, any Error>) in
      soup_session_send_and_read_async(
        session.cast(), message.opaque, G_PRIORITY_DEFAULT, nil, requestEnded,
        retainedCallbackContext(Waiting(continuation)))
    }
    let retryAfter = soup_message_headers_get_one(
      soup_message_get_response_headers(message.opaque), "Retry-After")
    return Answer(
      status: Int(soup_message_get_status(message.opaque).rawValue), body: body.withUnsafeBytes { Array($0) },
      retryAfter: retryAfter.flatMap { Double(String(cString: $0)) })
  }

  /// The address of a WebSocket, and the subprotocols offered.
  struct SocketAddress: Sendable {
    let path: String
    let subprotocols: [String]
  }

  /// - Throws: `GLibError` if the connection or the handshake fails.
  func webSocket(_ address: SocketAddress) async throws -> ClientSocket {
    let message = try message("GET", address.path)
    return try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<ClientSocket, any Error>) in
      var names = address.subprotocols.map { g_strdup($0) } + [nil]
      defer { names.forEach { g_free($0) } }
      soup_session_websocket_connect_async(
        session.cast(), message.opaque, nil, &names, G_PRIORITY_DEFAULT, nil, handshakeEnded,
        retainedCallbackContext(Waiting(continuation)))
    }
  }

  private func message(_ method: String, _ path: String) throws -> GObjectReference {
    guard let message = soup_message_new(method, base.text + path) else {
      throw RehearsalError(
        "\(base.text) is not the address of a server; give one such as http://localhost:8080.")
    }
    let reference = GObjectReference(adopting: UnsafeMutableRawPointer(message))
    if trustsAnyCertificate {
      let accept:
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, GTlsCertificateFlags, gpointer?)
          ->
          gboolean = acceptAnyCertificate
      _ = SignalConnection(
        reference.pointer, "accept-certificate", handler: unsafeBitCast(accept, to: GCallback.self),
        context: SignalContext())
    }
    return reference
  }
}

/// The handler needs none.
private final class SignalContext: Sendable {}

/// Resumed by a libsoup call that has not finished yet.
private final class Waiting<Value: Sendable>: Sendable {
  let continuation: CheckedContinuation<Value, any Error>
  init(_ continuation: CheckedContinuation<Value, any Error>) { self.continuation = continuation }
}

private func requestEnded(
  _ source: UnsafeMutablePointer<GObject>?, _ result: OpaquePointer?, _ data: gpointer?
) {
  let waiting = Unmanaged<Waiting<SharedBytes>>.fromOpaque(data!).takeRetainedValue()
  let session = UnsafeMutableRawPointer(source!).assumingMemoryBound(to: SoupSession.self)
  waiting.continuation.resume(
    with: Result {
      SharedBytes(adopting: try withGLibError { soup_session_send_and_read_finish(session, result, &$0) }!)
    })
}

private func handshakeEnded(
  _ source: UnsafeMutablePointer<GObject>?, _ result: OpaquePointer?, _ data: gpointer?
) {
  let waiting = Unmanaged<Waiting<ClientSocket>>.fromOpaque(data!).takeRetainedValue()
  let session = UnsafeMutableRawPointer(source!).assumingMemoryBound(to: SoupSession.self)
  waiting.continuation.resume(
    with: Result {
      let connection = try withGLibError { soup_session_websocket_connect_finish(session, result, &$0) }!
      let reference = GObjectReference(adopting: UnsafeMutableRawPointer(connection))
      // At once: the server's first message is not lost only if somebody is listening when this call returns.
      return SimulatorActor.assumeIsolated { ClientSocket(reference) }
    })
}

private func acceptAnyCertificate(
  _ message: UnsafeMutableRawPointer?, _ certificate: UnsafeMutableRawPointer?,
  _ errors: GTlsCertificateFlags,
  _ data: gpointer?
) -> gboolean { 1 }
