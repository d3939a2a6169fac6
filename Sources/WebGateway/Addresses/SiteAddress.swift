/// Which requests are meant for this server, who sent them, and how the server is reached from outside.
///
/// A browser sends the name it used in `Host` and the page's origin in `Origin`. A foreign name in `Host` means that
/// somebody has pointed a name of their own at this machine (DNS rebinding); a foreign origin means a page of another
/// site.
struct SiteAddress: Sendable {
  /// Who sent a request, looking through trusted proxies.
  struct Sender: Equatable, Sendable {
    /// Numeric.
    var address: String
    /// Whether the client's connection is encrypted.
    var isSecure: Bool
    /// Whether a trusted proxy is in between.
    var isForwarded: Bool
  }

  let configuration: GatewayConfiguration
  private let listensOnLoopback: Bool
  private let allowedHosts: Set<String>
  private let allowedOrigins: Set<WebOrigin>

  init(_ configuration: GatewayConfiguration) {
    self.configuration = configuration
    listensOnLoopback = Self.isLoopback(configuration.host)
    allowedHosts = Set(configuration.allowedHosts.compactMap { WebOrigin.split($0)?.host })
    allowedOrigins = Set(configuration.allowedOrigins.compactMap { WebOrigin($0) })
  }

  func isTrustedProxy(_ address: String) -> Bool {
    guard !configuration.trustedProxies.isEmpty, let address = IPAddress(address) else { return false }
    return isTrusted(address)
  }

  private func isTrusted(_ address: IPAddress) -> Bool {
    configuration.trustedProxies.contains { $0.contains(address) }
  }

  /// - Parameters:
  ///   - peer: the numeric address of the connection's other end.
  ///   - isSecure: whether the connection is encrypted.
  func sender(peer: String, isSecure: Bool, headers: [String: String]) -> Sender {
    var sender = Sender(address: peer, isSecure: isSecure, isForwarded: false)
    guard isTrustedProxy(peer) else { return sender }
    let said = configuration.forwardedHeader.sender(headers, isTrusted: isTrusted)
    sender.isForwarded = true
    if let address = said.address { sender.address = address.description }
    if let scheme = said.scheme { sender.isSecure = scheme == "https" }
    return sender
  }

  /// Nil if the request may proceed.
  ///
  /// - Parameters:
  ///   - local: the numeric address at which the connection arrived.
  ///   - changes: whether the request can change something or opens a socket; reading is guarded by browsers, which show
  ///     a foreign page nothing.
  func refusal(
    host: String?, origin: String?, sender: Sender, local: String, changes: Bool
  ) -> GatewayEvent.RequestRefusal? {
    if !sender.isForwarded, !sender.isSecure, !listensOnLoopback, !Self.isLoopback(sender.address) {
      return .unencrypted
    }
    // Only non-browsers omit it.
    if let host, !isOwn(host: host, local: local) { return .host }
    if changes, let origin, !isOwn(origin: origin, host: host, isSecure: sender.isSecure) { return .origin }
    return nil
  }

  private func isOwn(host: String, local: String) -> Bool {
    guard let name = WebOrigin.split(host)?.host else { return false }
    return name == configuration.publicURL?.origin.host || Self.isLoopback(name) || name == local
      || name == configuration.host || allowedHosts.contains(name)
  }

  /// Whether a page may open a socket and change something: pages of this server, by its public address or the one of
  /// this very request, and of allowed origins.
  private func isOwn(origin text: String, host: String?, isSecure: Bool) -> Bool {
    guard let origin = WebOrigin(text) else { return false }
    if origin == configuration.publicURL?.origin || allowedOrigins.contains(origin) { return true }
    guard let host, let own = WebOrigin(scheme: isSecure ? "https" : "http", authority: host) else {
      return false
    }
    return origin == own
  }

  /// Whether to tell browsers to use only https from now on (RFC 6797): not with a self-made trial certificate, nor on
  /// loopback, which is shared with other servers under development.
  func demandsHTTPS(host: String?, sender: Sender) -> Bool {
    guard sender.isSecure, configuration.tls?.isTrial != true || sender.isForwarded,
      let name = host.flatMap({ WebOrigin.split($0)?.host })
    else { return false }
    return !Self.isLoopback(name)
  }

  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || IPAddress(host)?.isLoopback == true
  }
}
