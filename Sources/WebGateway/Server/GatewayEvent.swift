/// Something an operator may want to read. No event contains a token. What a client can cause at will is reported at
/// most once a second, with a count; only `request` comes every time, for a log that is to have all of them, and so do
/// `webSocketOpened` and `webSocketClosed`, which need a token.
public enum GatewayEvent: Sendable, Equatable, CustomStringConvertible {
  case listening(host: String, port: UInt16, tls: Bool)
  case stopped
  /// An answer was completed or the client disconnected before that (`status` 0). `milliseconds` from the headers.
  case request(method: String, target: String, status: Int, address: String, milliseconds: Int)
  /// `count` connections were refused since the last such event, the latest from `address`.
  case connectionsRefused(count: Int, address: String, reason: RefusalReason)
  /// No descriptor was left; accepting resumes shortly.
  case descriptorsExhausted(count: Int)
  case acceptFailed(count: Int, message: String)
  case handshakesFailed(count: Int, address: String, message: String)
  /// Headers or a body did not arrive in time.
  case slowRequests(count: Int, address: String)
  /// `count` requests were answered 429 since the last such event, the latest from `address`.
  case requestsOverBudget(count: Int, address: String)
  /// `count` requests were refused since the last such event, because of their `Host` or `Origin`.
  case requestsRefused(count: Int, address: String, host: String, origin: String, reason: RequestRefusal)
  /// The certificate in `file` ends within a month, or has ended if the number of days is negative.
  case certificateEnds(file: String, days: Int)
  case webSocketOpened(target: String, address: String)
  case webSocketClosed(target: String, address: String, reason: WebSocketCloseReason)

  public enum RefusalReason: String, Sendable {
    case total = "maximum of connections reached"
    case perAddress = "maximum of connections of one address reached"
    case unfinishedHandshakes = "maximum of unfinished TLS handshakes reached, so the oldest gave way"
  }

  /// Why a request is not meant for this server. Each says what to do if it was legitimate; so does its answer,
  /// without the refused names.
  public enum RequestRefusal: String, Sendable {
    /// The `Host` is not one of this server's.
    case host =
      "it is no name of this server; if it should be one, add it to allowed_hosts, or set public_url to the address people use"
    /// The `Origin` is not.
    case origin =
      "the page is of another site; if it is this server's, set public_url to the address people use, and trusted_proxies if a proxy speaks https for it; otherwise add it to allowed_origins"
    /// Not encrypted, and not through a trusted proxy.
    case unencrypted =
      "it came past the proxy without encryption; if it came from the proxy, add the address to trusted_proxies"
  }

  public var description: String {
    switch self {
    case .listening(let host, let port, let tls): "listening on \(host):\(port)\(tls ? " with TLS" : "")"
    case .stopped: "gateway stopped"
    case .request(let method, let target, let status, let address, let milliseconds):
      "\(address) \(method) \(target) \(status == 0 ? "aborted" : String(status)) \(milliseconds) ms"
    case .connectionsRefused(let count, let address, let reason):
      "refused \(count) connections, last from \(address): \(reason.rawValue)"
    case .descriptorsExhausted(let count): "no descriptor left for new connections, \(count) times"
    case .acceptFailed(let count, let message): "accepting failed \(count) times: \(message)"
    case .handshakesFailed(let count, let address, let message):
      "\(count) TLS handshakes failed, last from \(address): \(message)"
    case .slowRequests(let count, let address): "\(count) requests came too slowly, last from \(address)"
    case .requestsOverBudget(let count, let address):
      "answered \(count) requests with 429, last from \(address): one address asks for too much"
    case .requestsRefused(let count, let address, let host, let origin, let reason):
      "refused \(count) requests, last from \(address) to host \(host)\(origin.isEmpty ? "" : " from a page of \(origin)"): \(reason.rawValue)"
    case .certificateEnds(let file, let days) where days < 0:
      "the certificate \(file) has expired: browsers refuse it; put a new one in its place and send SIGHUP"
    case .certificateEnds(let file, let days):
      "the certificate \(file) ends in \(days) days; put a new one in its place and send SIGHUP"
    case .webSocketOpened(let target, let address): "\(address) WebSocket \(target) opened"
    case .webSocketClosed(let target, let address, let reason):
      "\(address) WebSocket \(target) closed: \(reason)"
    }
  }
}
