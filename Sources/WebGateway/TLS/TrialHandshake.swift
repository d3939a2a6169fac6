import CSoup
import CTLSStream
import GLibRuntime
import Glibc

/// A TLS handshake with ourselves over a socket pair: it finds what otherwise only a client would, such as a key that
/// does not belong to its certificate. The server's end is set up like for real connections.
enum TrialHandshake {
  /// Seconds without progress after which it has failed.
  private static let patience: guint = 5

  static func run(_ credentials: TLSCredentials) throws(GLibError) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else {
      throw GLibError(
        domain: "gateway", code: Int(errno),
        message: "no pair of sockets: \(String(cString: strerror(errno)))")
    }
    let sockets = try ends.map(socket)
    defer { for socket in sockets { g_socket_close(socket.cast(), nil) } }
    let streams = sockets.map {
      GObjectReference(adopting: g_socket_connection_factory_create_connection($0.cast()))
    }
    let server = GObjectReference(
      adopting: exam_tls_stream_new(streams[0].cast(), sockets[0].cast(), credentials.pointer))
    let client = try GObjectReference(
      adopting: withGLibError { g_tls_client_connection_new(streams[1].cast(), nil, &$0) }!)
    // Whether a client can trust it is not tested here.
    let accept:
      @convention(c) (gpointer?, UnsafeMutablePointer<GTlsCertificate>?, GTlsCertificateFlags, gpointer?) ->
        gboolean = { _, _, _, _ in 1 }
    _ = SignalConnection(client.pointer, "accept-certificate", handler: accept, context: credentials)
    let clientsPart: GThreadFunc = { client in
      var error: UnsafeMutablePointer<GError>?
      g_tls_connection_handshake(client!.assumingMemoryBound(to: GTlsConnection.self), nil, &error)
      return gpointer(error)
    }
    let thread = g_thread_new("tls-trial", clientsPart, client.pointer)
    var serverFailure: GLibError?
    do {
      while try withGLibError({ exam_tls_stream_handshake(server.cast(), &$0) })
        == EXAM_TLS_HANDSHAKE_NEEDS_INPUT
      {
        var waiting = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, Int32(patience) * 1000) <= 0 { break }
      }
    } catch {
      serverFailure = error
      g_socket_shutdown(sockets[0].cast(), 1, 1, nil)
    }
    let clientError = g_thread_join(thread)?.assumingMemoryBound(to: GError.self)
    // A client that rejects the certificate tells the server, whose message about that is of no use.
    if let failure = clientError.map({ GLibError(consuming: $0) }) ?? serverFailure { throw failure }
  }

  private static func socket(_ descriptor: Int32) throws(GLibError) -> GObjectReference {
    let socket = try GObjectReference(adopting: withGLibError { g_socket_new_from_fd(descriptor, &$0) }!)
    g_socket_set_blocking(socket.cast(), 0)
    g_socket_set_timeout(socket.cast(), patience)
    return socket
  }
}
