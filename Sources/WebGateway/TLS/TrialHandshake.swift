import CSoup
import CTLSStream
import GLibRuntime
import Glibc

/// A TLS handshake with ourselves over a socket pair: it finds what otherwise only a client would, such as a key that
/// does not belong to its certificate. The server's end is set up like for real connections.
enum TrialHandshake {
  /// Seconds without progress after which it has failed.
  private static let patience: guint = 5
  /// Milliseconds to wait for the client before checking what it asks.
  private static let turn: Int32 = 2

  /// The outcome at the client's end.
  fileprivate final class Outcome {
    var isDone = false
    var failure: GLibError?
  }

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
    let accept:
      @convention(c) (gpointer?, UnsafeMutablePointer<GTlsCertificate>?, GTlsCertificateFlags, gpointer?) ->
        gboolean =
        acceptAnyCertificate
    let outcome = Outcome()
    _ = SignalConnection(
      client.pointer, "accept-certificate", handler: unsafeBitCast(accept, to: GCallback.self),
      context: outcome)

    // The client's callbacks run in a context of this call's own, so that any thread can make it.
    let context = g_main_context_new()
    g_main_context_push_thread_default(context)
    defer {
      g_main_context_pop_thread_default(context)
      g_main_context_unref(context)
    }
    g_tls_connection_handshake_async(
      client.cast(), G_PRIORITY_DEFAULT, nil, trialIsDone, Unmanaged.passRetained(outcome).toOpaque())
    var serverFailure: GLibError?
    do {
      // The client asks in its context whether the certificate is acceptable, so both must be served.
      while try withGLibError({ exam_tls_stream_handshake(server.cast(), &$0) })
        == EXAM_TLS_HANDSHAKE_NEEDS_INPUT
      {
        var waiting = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        _ = poll(&waiting, 1, turn)
        while g_main_context_iteration(context, 0) != 0 {}
        if outcome.failure != nil { break }
      }
    } catch {
      serverFailure = error
      g_socket_shutdown(sockets[0].cast(), 1, 1, nil)
    }
    while !outcome.isDone { g_main_context_iteration(context, 1) }
    // A client that rejects the certificate tells the server, whose message about that is of no use.
    if let failure = outcome.failure ?? serverFailure { throw failure }
  }

  private static func socket(_ descriptor: Int32) throws(GLibError) -> GObjectReference {
    let socket = try GObjectReference(adopting: withGLibError { g_socket_new_from_fd(descriptor, &$0) }!)
    g_socket_set_blocking(socket.cast(), 0)
    g_socket_set_timeout(socket.cast(), patience)
    return socket
  }
}

/// Whether a client can trust it is not tested here.
private func acceptAnyCertificate(
  _ connection: gpointer?, _ certificate: UnsafeMutablePointer<GTlsCertificate>?,
  _ errors: GTlsCertificateFlags,
  _ data: gpointer?
) -> gboolean { 1 }

private func trialIsDone(
  _ connection: UnsafeMutablePointer<GObject>?, _ result: OpaquePointer?, _ data: gpointer?
) {
  var error: UnsafeMutablePointer<GError>?
  connection!.withMemoryRebound(to: GTlsConnection.self, capacity: 1) { connection in
    _ = g_tls_connection_handshake_finish(connection, result, &error)
  }
  let outcome = Unmanaged<TrialHandshake.Outcome>.fromOpaque(data!).takeRetainedValue()
  outcome.failure = error.map { GLibError(consuming: $0) }
  outcome.isDone = true
}
