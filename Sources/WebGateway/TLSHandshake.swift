import CSoup
import GLibRuntime

/// The TLS handshake of one connection, with a deadline.
///
/// GIO runs a handshake on a thread of a small pool. It gets there only once the client has sent something, so that
/// silent clients cost a descriptor and nothing else.
@GatewayActor
final class TLSHandshake {
  private enum State {
    case waitingForClient(IOWatch)
    case running
    case finished
  }

  let client: ClientConnection
  private let deadline: Double
  private let cancellable = GObjectReference(adopting: g_cancellable_new())
  private let completion: @GatewayActor (TLSHandshake, GLibError?) -> Void
  private var state = State.finished

  /// Begins. `completion` is called once, with what went wrong or nil; the connection can be closed from then on.
  init(
    _ client: ClientConnection, timeout: Double,
    completion: @escaping @GatewayActor (TLSHandshake, GLibError?) -> Void
  ) {
    self.client = client
    self.completion = completion
    deadline = monotonicSeconds() + timeout
    state = .waitingForClient(IOWatch(readable: client.rawSocket) { [weak self] in self?.run() })
  }

  private func run() {
    guard case .waitingForClient(let watch) = state else { return }
    watch.cancel()
    state = .running
    g_tls_connection_handshake_async(
      client.stream.cast(), G_PRIORITY_DEFAULT, cancellable.cast(), handshakeIsDone,
      Unmanaged.passRetained(self).toOpaque())  // released by the one call of the callback
  }

  /// Gives up past the deadline.
  func sweep(now: Double) { if now > deadline { cancel() } }

  func cancel() {
    switch state {
    case .waitingForClient(let watch):
      watch.cancel()
      finish(GLibError(domain: "gateway", code: 0, message: "no handshake in time"))
    case .running:
      // The thread reads the socket: it is woken by both, and the callback follows.
      g_cancellable_cancel(cancellable.cast())
      client.shutDown()
    case .finished: break
    }
  }

  fileprivate func finish(_ error: GLibError?) {
    if case .finished = state { return }
    state = .finished
    completion(self, error)
  }
}

private func handshakeIsDone(
  _ connection: UnsafeMutablePointer<GObject>?, _ result: OpaquePointer?, _ data: gpointer?
) {
  var error: UnsafeMutablePointer<GError>?
  connection!.withMemoryRebound(to: GTlsConnection.self, capacity: 1) { connection in
    _ = g_tls_connection_handshake_finish(connection, result, &error)
  }
  let failure = error.map { GLibError(consuming: $0) }
  let handshake = Unmanaged<TLSHandshake>.fromOpaque(data!).takeRetainedValue()
  GatewayActor.assumeIsolated { handshake.finish(failure) }
}
