public import GLibRuntime

/// Everything about the gateway that an operator may tune. Every input from outside has a limit here.
public struct GatewayConfiguration: Sendable {
  /// A certificate chain and its private key.
  public struct TLSFiles: Sendable, Equatable {
    /// Path of the PEM file with the server's certificate, followed by the intermediate ones.
    public var certificate: String
    /// Path of the PEM file with the unencrypted private key.
    public var key: String
    /// Made by the server itself for a trial: no browser trusts it, and none is told to insist on https.
    public var isTrial: Bool

    public init(certificate: String, key: String, isTrial: Bool = false) {
      self.certificate = certificate
      self.key = key
      self.isTrial = isTrial
    }
  }

  /// A numeric IPv4 or IPv6 address, or `localhost`. `::` listens on IPv4 as well.
  public var host: String
  /// 0 lets the system choose.
  public var port: UInt16
  /// If set, the port speaks only TLS.
  public var tls: TLSFiles?

  /// Connections of all kinds at one time. One more displaces the oldest without a complete request, of the network
  /// that has most of those; if there is none, the new one gets 503.
  public var maximumConnections = 4096
  /// The same per address. A school's students may share one, so this guards against faults, not attacks.
  public var maximumConnectionsPerAddress = 1024
  /// Requests of all clients together that are started, per second and at once. More wait for their turn, so that a
  /// rush of requests delays no socket: when the thread is late, it starts no more than these before it serves the
  /// sockets again.
  public var requestPace = TokenBucket.Rate(perSecond: 2_000, burst: 20)
  /// Requests per address: a class of 100 may load the page, which is about 40 files, twice at once, and show the
  /// preview once a second each. More wait, and get 429 after `requestPatience` seconds.
  public var requestsPerAddress = TokenBucket.Rate(perSecond: 400, burst: 10_000)
  public var requestPatience = 5.0
  /// Seconds from accept until the TLS handshake is done.
  public var handshakeTimeout = 10.0
  /// TLS handshakes in progress, in all and per address; one more displaces the oldest. A class behind one address that
  /// reconnects at once fits in, while handshakes that are never finished stay few.
  public var maximumHandshakes = 1024
  public var maximumHandshakesPerAddress = 512
  /// Seconds from accept (or the TLS handshake's end) until the request's headers are complete.
  public var headerTimeout = 10.0
  /// Seconds from the headers until the request's body is complete.
  public var bodyTimeout = 30.0
  /// Seconds a plain answer may take to be written.
  public var responseTimeout = 60.0
  /// Seconds a connection is kept alive for another request after an answer.
  public var keepAliveTimeout = 15.0
  /// Seconds without any progress on a socket that waits to be written or read, before the peer counts as dead.
  public var idleTimeout = 30.0
  /// Largest request head, in bytes and in fields.
  public var maximumHeadBytes = 16 * 1024
  public var maximumHeadFields = 100
  /// Largest request body, in bytes, unless a route has its own limit.
  public var maximumBodyBytes = 16 * 1024
  /// The total cost of all incomplete bodies, in bytes; above it the oldest of the network that holds most gets 503.
  public var maximumUnreadBodyBytes = 32 * 1024 * 1024

  /// Largest WebSocket message, all its fragments together, in bytes. A connection can be given another limit.
  public var maximumMessageBytes = 256 * 1024
  /// Largest outgoing queue of one WebSocket, in bytes; beyond it the connection is closed with 1013. A connection can
  /// be given another limit.
  public var maximumPendingBytes = 8 * 1024 * 1024
  /// The same for all WebSockets together: beyond it the one that has used the largest share of its own limit is closed.
  public var maximumPendingBytesOfAll = 256 * 1024 * 1024
  /// What the peer of a WebSocket may send. A connection can be given another budget.
  public var webSocketBudget = WebSocketBudget()
  /// Seconds between two pings on a WebSocket.
  public var pingInterval = 10.0
  /// Seconds without a byte from a WebSocket peer before it counts as dead; more than `pingInterval`.
  public var pongTimeout = 25.0
  /// Seconds a closing WebSocket waits for the peer's side of the closing handshake.
  public var closeTimeout = 3.0
  /// Seconds between two parts of a picture stream with nothing new; the last picture is repeated, to notice that a
  /// client has gone.
  public var pictureRepeatInterval = 5.0

  /// Bytes the kernel may hold unsent before a socket counts as not writable (TCP_NOTSENT_LOWAT). Small, so that stale
  /// data wait above the kernel, where a newer picture can replace them.
  public var unsentLowWater = 32 * 1024
  /// SO_SNDBUF of picture streams, in bytes: limits how old a picture can get inside the kernel.
  public var pictureSendBuffer = 128 * 1024

  /// The address people use, if it differs from the one listened on. Requests may come with or without its path before
  /// theirs.
  public var publicURL: PublicURL?
  /// Names accepted in `Host`, besides loopback, the address listened on and that of `publicURL`.
  public var allowedHosts: Set<String> = []
  /// Origins (`https://host[:port]`) that may open a WebSocket besides the server's own.
  public var allowedOrigins: Set<String> = []
  /// The proxies whose `forwardedHeader` is trusted. Connections from them count for the client behind, not for the
  /// proxy, and need no TLS.
  public var trustedProxies: [IPNetwork] = []
  /// The header that the proxies write; the other one, which they may pass on from anybody, is ignored.
  public var forwardedHeader = ForwardedHeader.xForwardedFor

  /// Seconds before a certificate's end from which on there are warnings.
  public var certificateWarningTime = 30 * 86_400.0
  /// Seconds between two such warnings.
  public var certificateWarningInterval = 86_400.0

  public init(host: String = "127.0.0.1", port: UInt16 = 8080, tls: TLSFiles? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }
}
