import CSoup
import GLibRuntime
import Glibc

/// The listening socket and the loop that accepts from it.
///
/// Not libsoup's: its listener has a backlog of 10, stops for good after one shortage of descriptors, and leaks a
/// descriptor for every kept-alive client that disconnects.
@GatewayActor
final class Acceptor: PolledSocket {
  private static let backlog: gint = 1024
  /// Connections accepted in one turn of the loop, so that a burst does not keep the existing ones waiting.
  private static let perTurn = 64
  /// Milliseconds without accepting after a failure: what waits stays in the backlog.
  private static let pauseAfterFailure = 100

  private let socket: GObjectReference
  private let server: WebServer
  private var registration: SocketPoller.Registration?
  private var pause: MainContextTimer?

  /// Binds and listens, but does not accept yet.
  ///
  /// - Throws: `ListenProblem` if the address is not numeric or cannot be bound.
  init(for server: WebServer) throws {
    self.server = server
    let (host, port) = (server.configuration.host, server.configuration.port)
    guard
      let raw = g_inet_socket_address_new_from_string(host == "localhost" ? "127.0.0.1" : host, guint(port))
    else { throw ListenProblem(.notNumeric, host: host, port: port) }
    do {
      socket = try Self.listen(on: GObjectReference(adopting: raw))
    } catch let error as GLibError {
      throw ListenProblem(error, host: host, port: port)
    }
  }

  private static func listen(on address: GObjectReference) throws -> GObjectReference {
    let family = g_socket_address_get_family(address.cast())
    let socket = try GObjectReference(
      adopting: withGLibError {
        g_socket_new(family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &$0)
      }!)
    let listener: UnsafeMutablePointer<GSocket> = socket.cast()
    g_socket_set_blocking(listener, 0)
    g_socket_set_listen_backlog(listener, backlog)
    // `allow_reuse` is SO_REUSEADDR here, not SO_REUSEPORT: a second server on the port is an error.
    _ = try withGLibError { g_socket_bind(listener, address.cast(), 1, &$0) }
    _ = try withGLibError { g_socket_listen(listener, &$0) }
    return socket
  }

  /// The address that was bound, with the port chosen by the system.
  var boundAddress: BoundAddress {
    guard let raw = g_socket_get_local_address(socket.cast(), nil) else {
      return BoundAddress(host: "", port: 0)
    }
    let address = GObjectReference(adopting: raw)
    return BoundAddress(
      host: numericAddress(address), port: g_inet_socket_address_get_port(address.cast()))
  }

  func start() {
    pause = nil
    registration = server.poller.add(self, descriptor: g_socket_get_fd(socket.cast()))
    guard registration == nil else { return }
    server.limiter.note(.acceptFailed) {
      .acceptFailed(
        count: $0, message: "the listening socket cannot be watched: \(String(cString: strerror(errno)))")
    }
    startLater()
  }

  /// Stops accepting and frees the port.
  func stop() {
    pause = nil
    stopWatching()
    g_socket_close(socket.cast(), nil)
  }

  private func stopWatching() {
    if let registration { server.poller.remove(registration) }
    registration = nil
  }

  func socketIsReadable() {
    for _ in 0..<Self.perTurn {
      var error: UnsafeMutablePointer<GError>?
      guard let accepted = g_socket_accept(socket.cast(), nil, &error) else {
        if let error { handle(GLibError(consuming: error)) }
        return
      }
      server.accept(GObjectReference(adopting: accepted))
      if registration == nil { return }
    }
  }

  private func handle(_ failure: GLibError) {
    switch GIOErrorEnum(UInt32(failure.code)) {
    case G_IO_ERROR_WOULD_BLOCK: return
    // The peer gave up between the connect and the accept.
    case G_IO_ERROR_CONNECTION_CLOSED: return
    case G_IO_ERROR_TOO_MANY_OPEN_FILES:
      server.limiter.note(.descriptors) { .descriptorsExhausted(count: $0) }
    default: server.limiter.note(.acceptFailed) { .acceptFailed(count: $0, message: failure.message) }
    }
    stopWatching()
    startLater()
  }

  private func startLater() {
    pause = MainContextTimer(every: Self.pauseAfterFailure, on: GatewayActor.executor.mainContext) {
      [weak self] in
      GatewayActor.assumeIsolated { self?.start() }
    }
  }
}

/// Where a server listens.
public struct BoundAddress: Sendable, Equatable {
  /// Numeric.
  public let host: String
  public let port: UInt16
}

/// Raises the limit of open descriptors to what the system allows: every connection is one.
func raiseDescriptorLimit() {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
  else {
    return
  }
  limit.rlim_cur = limit.rlim_max
  _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
