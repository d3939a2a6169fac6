import GLibRuntime

/// The HTTP server: routes, WebSockets, picture streams and files on one port, with or without TLS.
///
/// How a request flows: `Acceptor` takes the connection, `TLSHandshakes` encrypts it if configured, libsoup reads the
/// request into an `HTTPExchange`, the `Router` finds who answers: a handler, a `WebSocketConnection` that takes the
/// connection over, a `PictureStream`, or `StaticFiles`.
@GatewayActor
public final class WebServer {
  private enum State {
    case idle
    case running(Acceptor, MainContextTimer)
    case stopping(MainContextTimer)
    case stopped
  }

  /// Milliseconds between two checks of deadlines.
  private static let sweepInterval = 100

  private let core: ServerContext
  private var state = State.idle

  /// - Parameters:
  ///   - log: called on the gateway's thread; must not block.
  /// - Throws: `CertificateProblem` if the certificate or key cannot be used.
  public init(configuration: GatewayConfiguration, log: @escaping @Sendable (GatewayEvent) -> Void) throws {
    core = try ServerContext(configuration: configuration, log: log)
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
    core.router.add(method, pattern, maximumBodyBytes: maximumBodyBytes, handler)
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
    core.router.add(webSocket: pattern, .init(subprotocol: subprotocol, explain: explain, accept: accept))
  }

  /// Serves the files of `folder` if no route matches.
  ///
  /// - Parameters:
  ///   - pages: files of it by path, such as `/teacher` to `teacher.html`.
  public func serveFiles(from folder: PageFolder, pages: [String: String]) {
    core.files = StaticFiles(folder: folder, pages: pages)
  }

  /// Starts listening. Raises the process's limit of open files to what the system allows.
  ///
  /// - Throws: `ListenProblem` if the address is not numeric or cannot be bound.
  public func start() throws -> BoundAddress {
    guard case .idle = state else { preconditionFailure("a web server starts once") }
    raiseDescriptorLimit()
    let core = core
    let acceptor = try Acceptor(for: core)
    let timer = MainContextTimer(every: Self.sweepInterval, on: GatewayActor.executor.mainContext) {
      GatewayActor.assumeIsolated { core.sweep() }
    }
    acceptor.start()
    state = .running(acceptor, timer)
    let address = acceptor.boundAddress
    core.log(.listening(host: address.host, port: address.port, tls: core.configuration.tls != nil))
    return address
  }

  /// Reads the certificate and key again, for new connections, and tests them off the gateway's thread.
  ///
  /// - Throws: `CertificateProblem`; the old certificate stays in use.
  public func reloadCertificate() async throws {
    guard let files = core.configuration.tls else { return }
    core.use(try await ServerCertificate.read(files))
  }

  /// Lets requests carry `?ticket=` instead of a token.
  ///
  /// - Parameter redeem: given the ticket and its path, returns whom it stands for
  ///   (`HTTPRequest.ticketHolder`), once.
  public func acceptTickets(_ redeem: @escaping @GatewayActor (_ ticket: String, _ path: String) -> String?) {
    core.redeemTicket = redeem
  }

  /// Stops accepting, closes WebSockets with 1001, ends streams, and waits for answers in progress.
  ///
  /// - Parameters:
  ///   - seconds: after which the rest is cut off.
  public func stop(within seconds: Double = 5) async {
    guard case .running(let acceptor, let timer) = state else { return }
    acceptor.stop()
    state = .stopping(timer)
    core.beginStop()
    let deadline = monotonicSeconds() + seconds
    while core.statistics.openConnections > 0, monotonicSeconds() < deadline {
      try? await Task.sleep(for: .milliseconds(20))
    }
    core.finishStop()
    timer.cancel()
    state = .stopped
    core.log(.stopped)
  }

  public var statistics: GatewayStatistics { core.statistics }
}

/// A route's response to a WebSocket handshake, before it is answered.
public enum WebSocketDecision {
  /// Upgrades. The closure gets the connection once the handshake's answer is written, and sets its callbacks; it is
  /// never called if the client disconnects before that.
  case accept(@GatewayActor (WebSocketConnection) -> Void)
  case refuse(HTTPResponse)
}
