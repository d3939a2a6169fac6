import CSoup
import CTLSStream
import GLibRuntime
import Glibc

/// An accepted connection: its socket, the stream over it, and its entry among the counted ones until it is closed.
@GatewayActor
final class ClientConnection {
  /// Of the remote end.
  let address: String
  /// What limits per address are counted by: the IPv4 address, or the /64 of an IPv6 address, all of which one customer has.
  let network: String
  /// Who sent the latest request: the remote end or, behind a trusted proxy, the client that the proxy names.
  var clientAddress: String
  /// The network this connection is counted for.
  var countedFor: String?
  /// Whether it speaks TLS, or will after its handshake.
  let isSecure: Bool
  private var isEncrypted = false
  private let socket: GObjectReference
  /// What is read and written: a `GSocketConnection`, or the TLS stream around it once `encrypt` was called.
  private(set) var stream: GObjectReference
  let localAddress: GObjectReference
  let peerAddress: GObjectReference
  /// The numeric address at which the connection arrived.
  var localNumericAddress: String { numericAddress(localAddress) }
  private var onClosed: (@GatewayActor () -> Void)?

  /// Takes over an accepted socket. Nil if the peer has already gone.
  init?(socket: GObjectReference, unsentLowWater: Int, isSecure: Bool) {
    self.socket = socket
    let raw: UnsafeMutablePointer<GSocket> = socket.cast()
    guard let local = g_socket_get_local_address(raw, nil) else { return nil }
    localAddress = GObjectReference(adopting: local)
    guard let peer = g_socket_get_remote_address(raw, nil) else { return nil }
    peerAddress = GObjectReference(adopting: peer)
    address = numericAddress(peerAddress)
    network = IPAddress.network(of: address)
    clientAddress = address
    g_socket_set_option(raw, gint(IPPROTO_TCP), gint(TCP_NODELAY), 1, nil)
    g_socket_set_option(raw, gint(IPPROTO_TCP), gint(TCP_NOTSENT_LOWAT), gint(unsentLowWater), nil)
    g_socket_set_option(raw, gint(SOL_SOCKET), gint(SO_KEEPALIVE), 1, nil)
    stream = GObjectReference(adopting: g_socket_connection_factory_create_connection(raw))
    self.isSecure = isSecure
  }

  /// Wraps the socket in TLS. Only now does the connection cost what TLS costs.
  func encrypt(_ credentials: TLSCredentials) {
    isEncrypted = true
    stream = GObjectReference(
      adopting: exam_tls_stream_new(stream.cast(), rawSocket, credentials.pointer))
  }

  var isOpen: Bool { onClosed != nil }

  /// Calls `action` once, when the connection is closed.
  func whenClosed(_ action: @escaping @GatewayActor () -> Void) { onClosed = action }

  var rawSocket: UnsafeMutablePointer<GSocket> { socket.cast() }
  var descriptor: Int32 { g_socket_get_fd(rawSocket) }
  var rawStream: UnsafeMutablePointer<GIOStream> { stream.cast() }
  /// The stream's ends as `GPollableInputStream *` and `GPollableOutputStream *`, which it owns.
  var pollableInput: OpaquePointer { OpaquePointer(g_io_stream_get_input_stream(rawStream)) }
  var pollableOutput: OpaquePointer { OpaquePointer(g_io_stream_get_output_stream(rawStream)) }

  /// Whether TLS holds decrypted bytes, which the socket does not show.
  var hasPendingInput: Bool { isEncrypted && exam_tls_stream_pending(rawStream) > 0 }

  /// Seconds without progress after which waiting for the socket fails; 0 for never.
  func setTimeout(_ seconds: Double) {
    g_socket_set_timeout(rawSocket, seconds == 0 ? 0 : guint(max(1, seconds.rounded(.up))))
  }

  /// SO_SNDBUF, in bytes.
  func setSendBuffer(_ bytes: Int) {
    g_socket_set_option(rawSocket, gint(SOL_SOCKET), gint(SO_SNDBUF), gint(bytes), nil)
  }

  /// Writes a few bytes, bypassing libsoup, as many as fit without blocking.
  func writeDirectly(_ text: String) {
    var error: UnsafeMutablePointer<GError>?
    _ = Array(text.utf8).withUnsafeBytes { bytes in
      g_pollable_output_stream_write_nonblocking(
        pollableOutput, bytes.baseAddress!, gsize(bytes.count), nil, &error)
    }
    g_clear_error(&error)
  }

  /// Tells the peer that nothing more follows. Over TLS the connection is only closed later.
  func shutDownWriting() {
    if !isSecure { g_socket_shutdown(rawSocket, 0, 1, nil) }
  }

  /// Ends the connection in both directions: its readers and writers notice at once.
  func shutDown() { g_socket_shutdown(rawSocket, 1, 1, nil) }

  /// Closes the descriptor. Not during a TLS handshake.
  func close() {
    guard let action = onClosed else { return }
    onClosed = nil
    g_io_stream_close(rawStream, nil, nil)
    g_socket_close(rawSocket, nil)
    action()
  }
}

/// The numeric form of a `GInetSocketAddress`, IPv4-mapped IPv6 as IPv4.
func numericAddress(_ address: GObjectReference) -> String {
  guard let inet = g_inet_socket_address_get_address(address.cast()),
    let text = g_inet_address_to_string(inet)
  else {
    return ""
  }
  defer { g_free(text) }
  let numeric = String(cString: text)
  return numeric.hasPrefix("::ffff:") && numeric.contains(".") ? String(numeric.dropFirst(7)) : numeric
}

/// Seconds on a monotonic clock.
func monotonicSeconds() -> Double { Double(g_get_monotonic_time()) / 1_000_000 }
