import CGLibShims
import CSoup
import GLibRuntime

/// The HTTP server: routes, WebSockets, picture streams and files on one port, with or without TLS.
///
/// How a request flows: `Acceptor` takes the connection, `TLSHandshakes` encrypts it if configured, libsoup reads the
/// request into an `HTTPExchange`, the `Router` finds who answers: a handler, a `WebSocketConnection` that takes the
/// connection over, a `PictureStream`, or `StaticFiles`.
@GatewayActor
public final class WebServer {
  /// Milliseconds between two checks of deadlines.
  private static let sweepInterval = 100

  let configuration: GatewayConfiguration
  let site: SiteAddress
  let log: @Sendable (GatewayEvent) -> Void
  public internal(set) var statistics = GatewayStatistics()
  var router = Router()
  var files: StaticFiles?
  /// The token that a ticket stands for, given the path it is presented at; nil if it is not valid.
  var redeemTicket: (@GatewayActor (_ ticket: String, _ path: String) -> String?)?
  let poller = SocketPoller()

  let limiter: EventLimiter
  private let soup: GObjectReference
  private var certificate: ServerCertificate?
  private var nextLookAtCertificate = 0.0
  private var acceptor: Acceptor?
  private var timer: MainContextTimer?
  private(set) var isStopping = false

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

  /// - Parameters:
  ///   - log: called on the gateway's thread; must not block.
  /// - Throws: `CertificateProblem` if the certificate or key cannot be used.
  public init(configuration: GatewayConfiguration, log: @escaping @Sendable (GatewayEvent) -> Void) throws {
    self.configuration = configuration
    site = SiteAddress(configuration)
    self.log = log
    limiter = EventLimiter(log: log)
    soup = GObjectReference(adopting: UnsafeMutableRawPointer(exam_soup_server_new()))
    if let files = configuration.tls { use(try ServerCertificate(files)) }
    // Compression costs more than it saves on pictures, and with it an aborted handshake breaks all later ones.
    soup_server_remove_websocket_extension(soup.cast(), soup_websocket_extension_deflate_get_type())
    let context = WeakServer(self)
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

  /// Adds a route.
  ///
  /// - Parameters:
  ///   - pattern: matched by whole segments; `:name` matches any one segment. GET answers HEAD too.
  ///   - maximumBodyBytes: the largest body, if it differs from the configuration's.
  ///   - handler: may take its time; the connection waits. Its answer is dropped if the client disconnects.
  public func route(
    _ method: HTTPMethod, _ pattern: String, maximumBodyBytes: Int? = nil,
    _ handler: @escaping @GatewayActor (HTTPRequest) async -> HTTPResponse
  ) {
    router.handlers.append((method, PathPattern(pattern), maximumBodyBytes, handler))
  }

  /// Adds a WebSocket path. A handshake must offer `subprotocol` and, if from a browser, come from this server's origin
  /// or an allowed one; then `accept` decides, before the upgrade.
  ///
  /// - Parameter explain: answers a plain request about why a handshake was refused, and may take its time; `nil` if it
  ///   would be accepted.
  public func webSocketRoute(
    _ pattern: String, subprotocol: String,
    explain: @escaping @GatewayActor (HTTPRequest) async -> HTTPResponse? = { _ in nil },
    accept: @escaping @GatewayActor (HTTPRequest) -> WebSocketDecision
  ) {
    let route = Router.WebSocketRoute(subprotocol: subprotocol, explain: explain, accept: accept)
    router.webSockets.append((PathPattern(pattern), route))
  }

  /// Serves the files of `folder` if no route matches.
  ///
  /// - Parameters:
  ///   - pages: files of it by path, such as `/teacher` to `teacher.html`.
  public func serveFiles(from folder: PageFolder, pages: [String: String]) {
    files = StaticFiles(folder: folder, pages: pages)
  }

  /// Starts listening. Raises the process's limit of open files to what the system allows.
  ///
  /// - Throws: `ListenProblem` if the address is not numeric or cannot be bound.
  public func start() throws -> BoundAddress {
    precondition(acceptor == nil && !isStopping, "a web server starts once")
    raiseDescriptorLimit()
    let acceptor = try Acceptor(for: self)
    timer = MainContextTimer(every: Self.sweepInterval, on: GatewayActor.executor.mainContext) {
      [weak self] in
      GatewayActor.assumeIsolated { self?.sweep() }
    }
    acceptor.start()
    self.acceptor = acceptor
    let address = acceptor.boundAddress
    log(.listening(host: address.host, port: address.port, tls: configuration.tls != nil))
    return address
  }

  /// Reads the certificate and key again, for new connections, and tests them off the gateway's thread.
  ///
  /// - Throws: `CertificateProblem`; the old certificate stays in use.
  public func reloadCertificate() async throws {
    guard let files = configuration.tls else { return }
    use(try await ServerCertificate.read(files))
  }

  /// Lets requests carry `?ticket=` instead of a token.
  ///
  /// - Parameter redeem: given the ticket and its path, returns whom it stands for
  ///   (`HTTPRequest.ticketHolder`), once.
  public func acceptTickets(_ redeem: @escaping @GatewayActor (_ ticket: String, _ path: String) -> String?) {
    redeemTicket = redeem
  }

  /// Stops accepting, closes WebSockets with 1001, ends streams, and waits for answers in progress.
  ///
  /// - Parameters:
  ///   - seconds: after which the rest is cut off.
  public func stop(within seconds: Double = 5) async {
    guard let acceptor, !isStopping else { return }
    isStopping = true
    acceptor.stop()
    // It holds the server.
    self.acceptor = nil
    handshakes?.cancelAll()
    closeIdle { _ in true }
    line.closeAll()
    for connection in Array(webSockets.values) { connection.close(code: 1001, reason: "server stopping") }
    for exchange in Array(exchanges.values) { exchange.stop() }
    let deadline = monotonicSeconds() + seconds
    while statistics.openConnections > 0, monotonicSeconds() < deadline {
      try? await Task.sleep(for: .milliseconds(20))
    }
    for connection in Array(webSockets.values) { connection.abort() }
    soup_server_disconnect(soup.cast())
    timer = nil
    log(.stopped)
  }

  // MARK: - Connections

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
    let exchange = HTTPExchange(client: client, server: self, refused: refused)
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

  func exchangeFinished(_ exchange: HTTPExchange, message: OpaquePointer?) {
    exchanges[ObjectIdentifier(exchange)] = nil
    if let message { exchangesByMessage[message] = nil }
  }

  func noteSlowRequest(_ address: String) {
    limiter.note(.slowRequest) { .slowRequests(count: $0, address: address) }
  }

  // MARK: - Requests

  /// A request is complete: its connection can no longer be displaced.
  func requestIsWhole(on client: ClientConnection) { _ = waiting.remove(client, of: client.network) }

  /// The largest body of a request, in bytes.
  func maximumBodyBytes(of request: HTTPRequest?) -> Int {
    guard let request else { return configuration.maximumBodyBytes }
    let own = configuration.publicURL?.strippingPrefix(request.segments) ?? request.segments
    return router.maximumBodyBytes(request.method, own) ?? configuration.maximumBodyBytes
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
    let connection = WebSocketConnection(client: client, stolen: stolen, target: target, server: self)
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

  /// Called a few times a second: everything with a deadline checks the clock.
  private func sweep() {
    let now = monotonicSeconds()
    handshakes?.sweep(now: now)
    for exchange in Array(exchanges.values) { exchange.sweep(now: now) }
    for connection in Array(webSockets.values) { connection.sweep(now: now) }
    closeIdle { $0.isDue(now) }
    lookAtCertificate(now: now)
    limiter.sweep()
  }
}

/// A route's response to a WebSocket handshake, before it is answered.
public enum WebSocketDecision {
  /// Upgrades. The closure gets the connection once the handshake's answer is written, and sets its callbacks; it is
  /// never called if the client disconnects before that.
  case accept(@GatewayActor (WebSocketConnection) -> Void)
  case refuse(HTTPResponse)
}

/// Keeps the callbacks of libsoup's server, which the server owns, from retaining it.
private final class WeakServer: Sendable {
  weak let server: WebServer?
  init(_ server: WebServer) { self.server = server }
}

/// Passes a message that libsoup lends to a callback into the actor. The callback runs on the actor's thread and waits
/// for the actor's code, so nothing is shared.
private func enter(
  _ data: gpointer?, _ message: OpaquePointer?, _ body: @GatewayActor (WebServer, OpaquePointer) -> Void
) {
  guard let server = callbackContext(data, as: WeakServer.self).server else { return }
  nonisolated(unsafe) let message = message!
  GatewayActor.assumeIsolated { body(server, message) }
}
