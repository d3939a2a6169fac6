/// Something an operator may want to read. No event carries a token, and events that a client can cause at will come at
/// most once a second, with a count.
public enum GatewayEvent: Sendable, Equatable, CustomStringConvertible {
  case listening(host: String, port: UInt16, tls: Bool)
  case stopped
  /// An answer was completed or the client went away before that (`status` 0). `milliseconds` from the headers.
  case request(method: String, target: String, status: Int, address: String, milliseconds: Int)
  /// `count` connections were refused since the last such event, the latest from `address`.
  case connectionsRefused(count: Int, address: String, reason: RefusalReason)
  /// No descriptor was left; accepting goes on shortly.
  case descriptorsExhausted(count: Int)
  case acceptFailed(count: Int, message: String)
  case handshakesFailed(count: Int, address: String, message: String)
  /// Headers or a body did not come within their time.
  case slowRequests(count: Int, address: String)
  case webSocketOpened(target: String, address: String)
  case webSocketClosed(target: String, address: String, reason: WebSocketCloseReason)

  public enum RefusalReason: String, Sendable {
    case total = "maximum of connections reached"
    case perAddress = "maximum of connections of one address reached"
    case unfinishedHandshakes = "maximum of unfinished TLS handshakes reached, so the oldest gave way"
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
    case .webSocketOpened(let target, let address): "\(address) WebSocket \(target) opened"
    case .webSocketClosed(let target, let address, let reason):
      "\(address) WebSocket \(target) closed: \(reason)"
    }
  }
}
