import GLibRuntime

/// The queue of connections whose next request is about to be read. Nothing of a request is read before its turn, so a
/// flood of requests takes a share of the gateway's thread and no more: the sockets of exams go first.
///
/// Two budgets must allow a request: the rate of all requests together, which spreads bursts, and that of the client's
/// network. Those who have waited in vain for the latter get 429.
@GatewayActor
final class RequestLine {
  typealias Instant = ContinuousClock.Instant

  private struct Place {
    let client: ClientConnection
    /// Whose budget it uses; `nil` for a trusted proxy, whose requests come from many clients.
    let network: String?
    let since: Instant
  }

  /// Milliseconds between two checks whose turn it is.
  private static let beat = 5

  private let patience: Duration
  private var pace: TokenBucket
  private var budgets: RateLimiter<String>
  private var places: [Place] = []
  private var timer: MainContextTimer?
  private let serve: @GatewayActor (_ client: ClientConnection, _ refused: Duration?) -> Void

  /// - Parameter serve: called when it is a connection's turn; `refused` is how long the client has to wait if its
  ///   network's budget is used up.
  init(
    _ configuration: GatewayConfiguration,
    serve: @escaping @GatewayActor (_ client: ClientConnection, _ refused: Duration?) -> Void
  ) {
    patience = .seconds(configuration.requestPatience)
    pace = TokenBucket(configuration.requestPace)
    budgets = RateLimiter(configuration.requestsPerAddress)
    self.serve = serve
  }

  func enter(_ client: ClientConnection, network: String?) {
    places.append(Place(client: client, network: network, since: .now))
    // Whoever finds others waiting waits behind them.
    if places.count == 1 { move() }
  }

  /// - Returns: whether it was there.
  func leave(_ client: ClientConnection) -> Bool {
    guard let index = places.firstIndex(where: { $0.client === client }) else { return false }
    places.remove(at: index)
    return true
  }

  /// A request that came through a trusted proxy. It has already been read.
  ///
  /// - Returns: `nil`, or how long its client has to wait.
  func take(of network: String) -> Duration? { budgets.take(network, at: .now) }

  /// Closes all that wait.
  func closeAll() {
    let waiting = places
    places = []
    timer = nil
    for place in waiting { place.client.close() }
  }

  private func move() {
    let now = Instant.now
    var rest: [Place] = []
    var served: [(client: ClientConnection, refused: Duration?)] = []
    // Networks with nothing left, so that each is looked up once.
    var spent: [String: Duration] = [:]
    for (index, place) in places.enumerated() {
      guard pace.wait(at: now) == nil else {
        rest += places[index...]
        break
      }
      var wait: Duration?
      if let network = place.network {
        wait = spent[network] ?? budgets.take(network, at: now)
        spent[network] = wait
      }
      if wait != nil, now - place.since < patience {
        rest.append(place)
      } else {
        pace.spend(1, at: now)
        served.append((place.client, wait))
      }
    }
    places = rest
    if places.isEmpty {
      timer = nil
    } else if timer == nil {
      timer = MainContextTimer(every: Self.beat, on: GatewayActor.executor.mainContext) { [weak self] in
        GatewayActor.assumeIsolated { self?.move() }
      }
    }
    for (client, refused) in served { serve(client, refused) }
  }
}
