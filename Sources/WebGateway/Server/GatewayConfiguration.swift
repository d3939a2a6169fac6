public import GLibRuntime

/// Everything an operator may tune about the gateway. Every input from outside has a bound here.
public struct GatewayConfiguration: Sendable {
  /// A certificate chain and its private key.
  public struct TLSFiles: Sendable, Equatable {
    /// Path of the PEM file with the server's certificate, followed by the intermediate ones.
    public var certificate: String
    /// Path of the PEM file with the unencrypted private key.
    public var key: String
    /// Made by the server itself for a trial: no browser trusts it, and none is told to insist on it.
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
  /// With it, the port speaks TLS and nothing else.
  public var tls: TLSFiles?

  /// Connections of all kinds at one time. For one more the oldest without a whole request gives way, of the network that
  /// has most of those; where there is none, the new one gets 503.
  public var maximumConnections = 4096
  /// The same for one address. A school's students may share one, so this bounds a fault, not an attack.
  public var maximumConnectionsPerAddress = 1024
  /// Requests of all clients together that are begun, a second and at once. More wait until it is their turn, so that what
  /// everybody asks for at once delays no socket: where the thread is late, no more than these are begun before it looks
  /// after the sockets again.
  public var requestPace = TokenBucket.Rate(perSecond: 2_000, burst: 20)
  /// Requests of one address: a class of 100 may load the page, which is about 40 files, twice at once, and show the preview
  /// once a second each. More wait, and get 429 after `requestPatience` seconds.
  public var requestsPerAddress = TokenBucket.Rate(perSecond: 400, burst: 10_000)
  public var requestPatience = 5.0
  /// Seconds from accept until the TLS handshake is done.
  public var handshakeTimeout = 10.0
  /// TLS handshakes that are not done, in all and of one address; for one more the oldest gives way. A class behind one
  /// address that comes back at once fits in, while what is begun and never ended stays small.
  public var maximumHandshakes = 1024
  public var maximumHandshakesPerAddress = 512
  /// Seconds from accept (or the TLS handshake's end) until the request's headers are complete.
  public var headerTimeout = 10.0
  /// Seconds from the headers until the request's body is complete.
  public var bodyTimeout = 30.0
  /// Seconds a plain answer may take to be written.
  public var responseTimeout = 60.0
  /// Seconds a connection is kept for a further request after an answer.
  public var keepAliveTimeout = 15.0
  /// Seconds without any progress on a socket that waits to be written or read, before the peer counts as dead.
  public var idleTimeout = 30.0
  /// Largest head of a request, in bytes and in fields.
  public var maximumHeadBytes = 16 * 1024
  public var maximumHeadFields = 100
  /// Largest request body, in bytes, where a route has no bound of its own.
  public var maximumBodyBytes = 16 * 1024
  /// What all bodies that are not wholly there may cost together, in bytes; above it the oldest of the network that holds
  /// most gets 503.
  public var maximumUnreadBodyBytes = 32 * 1024 * 1024

  /// Largest WebSocket message, all its fragments together, in bytes. A connection can be given another bound.
  public var maximumMessageBytes = 256 * 1024
  /// Largest outgoing queue of one WebSocket, in bytes; past it the connection is closed with 1013. A connection can be
  /// given another bound.
  public var maximumPendingBytes = 8 * 1024 * 1024
  /// The same of all WebSockets together: past it the one is closed that has used most of its own bound.
  public var maximumPendingBytesOfAll = 256 * 1024 * 1024
  /// What the peer of a WebSocket may send. A connection can be given another budget.
  public var webSocketBudget = WebSocketBudget()
  /// Seconds between two pings on a WebSocket.
  public var pingInterval = 10.0
  /// Seconds without a byte from a WebSocket peer before it counts as dead; more than `pingInterval`.
  public var pongTimeout = 25.0
  /// Seconds a closing WebSocket waits for the peer's side of the closing handshake.
  public var closeTimeout = 3.0
  /// Seconds between two parts of a picture stream with nothing new; the last picture is repeated, so that a client
  /// that has gone is noticed.
  public var pictureRepeatInterval = 5.0

  /// Bytes the kernel may hold unsent before a socket counts as not writable (TCP_NOTSENT_LOWAT). Small, so that what
  /// is stale waits above the kernel, where a newer picture can replace it.
  public var unsentLowWater = 32 * 1024
  /// SO_SNDBUF of picture streams, in bytes: bounds how old a picture can get inside the kernel.
  public var pictureSendBuffer = 128 * 1024

  /// The address people use, where it is another than the one that is listened on. Requests may come with its path before
  /// theirs or without it.
  public var publicURL: PublicURL?
  /// Names in `Host`, besides loopback, the address listened on and that of `publicURL`, to which the server answers.
  public var allowedHosts: Set<String> = []
  /// Origins (`https://host[:port]`) that may open a WebSocket besides the server's own.
  public var allowedOrigins: Set<String> = []
  /// Who is believed what `forwardedHeader` says. Connections from there count for the client behind, not for the proxy,
  /// and need no TLS.
  public var trustedProxies: [IPNetwork] = []
  /// The header that the proxies write; the other one, which they may hand through from anybody, is ignored.
  public var forwardedHeader = ForwardedHeader.xForwardedFor

  /// Seconds before a certificate's end from which on it is warned of.
  public var certificateWarningTime = 30 * 86_400.0
  /// Seconds between two such warnings.
  public var certificateWarningInterval = 86_400.0

  public init(host: String = "127.0.0.1", port: UInt16 = 8080, tls: TLSFiles? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }
}
