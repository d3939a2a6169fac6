import CGLibShims
import CSoup
import GLibRuntime

/// What the parts of a server share: connections, how requests find their handlers, and the clock.
@GatewayActor
final class ServerContext {
  let configuration: GatewayConfiguration
  let site: SiteAddress
  let log: @Sendable (GatewayEvent) -> Void
  var statistics = GatewayStatistics()
  var router = Router()
  var files: StaticFiles?
  /// The token that a ticket stands for, given the path it is presented at; nil if it is not valid.
  var redeemTicket: (@GatewayActor (_ ticket: String, _ path: String) -> String?)?
  let poller = SocketPoller()

  let limiter: EventLimiter
  private let soup: GObjectReference
  private var certificate: ServerCertificate?
  private var nextLookAtCertificate = 0.0
  var isStopping = false

  var connectionsByAddress: [String: Int] = [:]
  /// Connections without a complete request: they may be displaced.
  var waiting = AgedByNetwork<ClientConnection>()
  private var unreadBodyBytes = 0
  /// On a TLS port.
  var handshakes: TLSHandshakes?
  lazy var line = RequestLine(configuration) { [weak self] in self?.beginExchange($0, refused: $1) }
  private var exchanges: [ObjectIdentifier: HTTPExchange] = [:]
  private var idle: [ObjectIdentifier: IdleConnection] = [:]
  private var webSockets: [ObjectIdentifier: WebSocketConnection] = [:]
  /// The total that is queued for all of them to read.
  private var pendingSocketBytes = 0
  private var isMakingRoomForSockets = false
  /// Set while a stream is handed to libsoup, which announces the message during that call.
  private var exchangeBeingAccepted: HTTPExchange?

  init(configuration: GatewayConfiguration, log: @escaping @Sendable (GatewayEvent) -> Void) throws {
    self.configuration = configuration
    site = SiteAddress(configuration)
    self.log = log
    limiter = EventLimiter(log: log)
    soup = GObjectReference(adopting: UnsafeMutableRawPointer(exam_soup_server_new()))
    if let files = configuration.tls { use(try ServerCertificate(files)) }
    // Compression costs more than it saves on pictures, and with it an aborted handshake breaks all later ones.
    soup_server_remove_websocket_extension(soup.cast(), soup_websocket_extension_deflate_get_type())
    let context = WeakCore(core: self)
    let started: @convention(c) (gpointer?, OpaquePointer?, gpointer?) -> Void = { _, message, data in
      enter(data, message) { $0.requestStarted($1) }
    }
    _ = SignalConnection(soup.pointer, "request-started", handler: started, context: context)
    let isRead: SoupServerCallback = { _, message, _, _, data in
      enter(data, message) { $0.requestIsRead($1) }
    }
    soup_server_add_handler(
      soup.cast(), nil, isRead, retainedCallbackContext(context), releaseCallbackContext)
  }

  /// For new connections; existing ones keep the old one.
  func use(_ certificate: ServerCertificate) {
    self.certificate = certificate
    nextLookAtCertificate = 0
    if let handshakes {
      handshakes.credentials = certificate.credentials
    } else {
      handshakes = TLSHandshakes(certificate.credentials, configuration: configuration, poller: poller) {
        [weak self] client, end in self?.handshakeEnded(client, end)
      }
    }
  }

  private func lookAtCertificate(now: Double) {
    guard let certificate, now >= nextLookAtCertificate else { return }
    nextLookAtCertificate = now + configuration.certificateWarningInterval
    let left = certificate.secondsLeft
    if left < configuration.certificateWarningTime {
      log(.certificateEnds(file: certificate.file, days: Int((left / 86_400).rounded(.down))))
    }
  }

  private func beginExchange(_ client: ClientConnection, refused: Duration?) {
    let exchange = HTTPExchange(client: client, core: self, refused: refused)
    exchanges[ObjectIdentifier(exchange)] = exchange
    exchangeBeingAccepted = exchange
    soup_server_accept_iostream(
      soup.cast(), exchange.guardedStream(), client.localAddress.cast(), client.peerAddress.cast(), nil)
    exchangeBeingAccepted = nil
  }

  /// A kept-alive connection is displaced when connections become scarce.
  var mayKeepAlive: Bool {
    !isStopping && statistics.openConnections < configuration.maximumConnections / 4 * 3
  }

  /// Keeps a connection alive for another request.
  func waitForRequest(_ client: ClientConnection) {
    guard !isStopping else { return client.close() }
    waiting.append(client, of: client.network)
    if site.isTrustedProxy(client.address) { _ = count(client, for: nil) }
    let deadline = monotonicSeconds() + configuration.keepAliveTimeout
    let connection = IdleConnection(client, deadline: deadline, poller: poller) { [weak self] connection in
      self?.idle[ObjectIdentifier(connection)] = nil
      self?.handOver(connection.client)
    }
    idle[ObjectIdentifier(connection)] = connection
  }

  private func closeIdle(where isChosen: (IdleConnection) -> Bool) {
    for connection in Array(idle.values) where isChosen(connection) {
      idle[ObjectIdentifier(connection)] = nil
      connection.stopWatching()
      connection.client.close()
    }
  }

  private func requestStarted(_ message: OpaquePointer) {
    guard let exchange = exchangeBeingAccepted else { return }
    exchangeBeingAccepted = nil
    exchangesByMessage[message] = exchange
    exchange.begin(message)
  }

  /// For the handler, which libsoup calls with only the message.
  private var exchangesByMessage: [OpaquePointer: HTTPExchange] = [:]

  private func requestIsRead(_ message: OpaquePointer) { exchangesByMessage[message]?.gotBody() }

  func exchangeFinished(
    _ exchange: HTTPExchange, message: OpaquePointer?, method: String, target: String, status: Int,
    milliseconds: Int
  ) {
    exchanges[ObjectIdentifier(exchange)] = nil
    if let message { exchangesByMessage[message] = nil }
    guard !method.isEmpty else { return }
    log(
      .request(
        method: method, target: target, status: status, address: exchange.client.clientAddress,
        milliseconds: milliseconds))
  }

  func noteSlowRequest(_ address: String) {
    limiter.note(.slowRequest) { .slowRequests(count: $0, address: address) }
  }

  // MARK: - Requests

  /// A request is complete: its connection can no longer be displaced.
  func requestIsWhole(on client: ClientConnection) { _ = waiting.remove(client, of: client.network) }

  /// The largest body of a request, in bytes.
  func maximumBodyBytes(_ method: HTTPMethod, _ segments: [String]) -> Int {
    let own = configuration.publicURL?.strippingPrefix(segments) ?? segments
    return router.maximumBodyBytes(method, own) ?? configuration.maximumBodyBytes
  }

  /// Counts the cost of incomplete bodies. Above the limit the oldest of the network that holds most is refused.
  func countUnread(_ bytes: Int) {
    unreadBodyBytes += bytes
    while unreadBodyBytes > configuration.maximumUnreadBodyBytes {
      let holders = Dictionary(grouping: exchanges.values.filter { $0.unreadBytes > 0 }) {
        IPAddress.network(of: $0.client.clientAddress)
      }
      let fullest = holders.values.max {
        $0.reduce(0) { $0 + $1.unreadBytes } < $1.reduce(0) { $0 + $1.unreadBytes }
      }
      guard let oldest = fullest?.min(by: { $0.started < $1.started }) else { return }
      oldest.giveBodyUp()
    }
  }

  func upgraded(
    _ client: ClientConnection, stolen: GObjectReference, target: String,
    accepted: @GatewayActor (WebSocketConnection) -> Void
  ) {
    let connection = WebSocketConnection(client: client, stolen: stolen, target: target, host: self)
    webSockets[ObjectIdentifier(connection)] = connection
    statistics.openWebSockets += 1
    log(.webSocketOpened(target: target, address: client.clientAddress))
    accepted(connection)
    connection.begin()
    if isStopping { connection.close(code: 1001, reason: "server stopping") }
  }

  /// Counts what waits for peers to read it. Above the total limit, the socket that has used the largest share of its
  /// own limit is closed: never one that reads.
  func countPending(_ change: Int) {
    pendingSocketBytes += change
    // Closing one is reported to others, which may queue more.
    guard !isMakingRoomForSockets else { return }
    isMakingRoomForSockets = true
    defer { isMakingRoomForSockets = false }
    while pendingSocketBytes > configuration.maximumPendingBytesOfAll,
      let fullest = webSockets.values.filter({ $0.isOpen && $0.pendingShare > 0 }).max(by: {
        $0.pendingShare < $1.pendingShare
      })
    {
      fullest.overflow()
    }
  }

  func webSocketFinished(_ connection: WebSocketConnection) {
    if webSockets.removeValue(forKey: ObjectIdentifier(connection)) != nil { statistics.openWebSockets -= 1 }
  }

  // MARK: - Time and stopping

  /// Called a few times a second: everything with a deadline checks the clock.
  func sweep() {
    let now = monotonicSeconds()
    handshakes?.sweep(now: now)
    for exchange in Array(exchanges.values) { exchange.sweep(now: now) }
    for connection in Array(webSockets.values) { connection.sweep(now: now) }
    closeIdle { $0.isDue(now) }
    lookAtCertificate(now: now)
    limiter.sweep()
  }

  func beginStop() {
    isStopping = true
    handshakes?.cancelAll()
    closeIdle { _ in true }
    line.closeAll()
    for connection in Array(webSockets.values) { connection.close(code: 1001, reason: "server stopping") }
    for exchange in Array(exchanges.values) { exchange.stop() }
  }

  /// Cuts off what is left.
  func finishStop() {
    for connection in Array(webSockets.values) { connection.abort() }
    soup_server_disconnect(soup.cast())
  }
}

/// Keeps the callbacks of libsoup's server, which the core owns, from retaining the core.
private final class WeakCore: Sendable {
  weak let core: ServerContext?
  init(core: ServerContext) { self.core = core }
}

/// Passes a message that libsoup lends to a callback into the actor. The callback runs on the actor's thread and waits
/// for the actor's code, so nothing is shared.
private func enter(
  _ data: gpointer?, _ message: OpaquePointer?, _ body: @GatewayActor (ServerContext, OpaquePointer) -> Void
) {
  guard let core = callbackContext(data, as: WeakCore.self).core else { return }
  nonisolated(unsafe) let message = message!
  GatewayActor.assumeIsolated { body(core, message) }
}
