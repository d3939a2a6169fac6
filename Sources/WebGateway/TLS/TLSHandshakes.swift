/// All TLS handshakes in progress: how many there may be, and which is computed next.
///
/// Above the limits the newest displaces the oldest: an honest client is done within a few round trips, and one that
/// holds a place without progress loses it. The same if more is to be computed than can be: those already begun go
/// first, then one of each address in turn, the newest of an address, so that a flood delays neither other addresses
/// nor all of its own.
@GatewayActor
final class TLSHandshakes {
  /// Steps given to the computing thread at one time: enough to keep it busy for a turn of the gateway's loop of 8 ms.
  /// A hello takes most of a millisecond, an answer less than a tenth.
  private static let hellosAtOnce = 12
  private static let answersAtOnce = 128
  /// After this many unfinished at one time the heap is worth trimming, once there are as few as `calm`.
  private static let crowd = 64
  private static let calm = 16
  /// Seconds between two trims.
  private static let releaseInterval = 5.0

  /// For handshakes that begin from now on.
  var credentials: TLSCredentials
  let poller: SocketPoller
  private let configuration: GatewayConfiguration
  private let onEnd: @GatewayActor (ClientConnection, TLSHandshake.End) -> Void

  private var unfinished = AgedByNetwork<TLSHandshake>()
  private var answers = AgedSet<TLSHandshake>()
  private var hellos = AgedByNetwork<TLSHandshake>()
  /// The networks of `hellos`, in order of their turns.
  private var turns: [String] = []
  private var computingHellos = 0
  private var computingAnswers = 0
  private var mostSinceRelease = 0
  private var lastRelease = 0.0

  init(
    _ credentials: TLSCredentials, configuration: GatewayConfiguration, poller: SocketPoller,
    onEnd: @escaping @GatewayActor (ClientConnection, TLSHandshake.End) -> Void
  ) {
    self.credentials = credentials
    self.configuration = configuration
    self.poller = poller
    self.onEnd = onEnd
  }

  /// `onEnd` is called once for it; from then on the connection can be closed.
  func begin(_ client: ClientConnection) {
    let handshake = TLSHandshake(
      client, deadline: monotonicSeconds() + configuration.handshakeTimeout, handshakes: self)
    let network = client.network
    if unfinished.count(of: network) >= configuration.maximumHandshakesPerAddress {
      giveWay(of: network)
    } else if unfinished.count >= configuration.maximumHandshakes, let fullest = unfinished.fullest {
      giveWay(of: fullest)
    }
    unfinished.append(handshake, of: network)
    mostSinceRelease = max(mostSinceRelease, unfinished.count)
    handshake.begin(poller: poller)
  }

  private func giveWay(of network: String) {
    // It may still be computing: its place is free all the same.
    unfinished.removeOldest(of: network)?.end(.gaveWay)
  }

  /// What a handshake reports of its end.
  func ended(_ handshake: TLSHandshake, _ how: TLSHandshake.End) {
    let network = handshake.client.network
    _ = unfinished.remove(handshake, of: network)
    _ = answers.remove(handshake)
    if hellos.remove(handshake, of: network), hellos.count(of: network) == 0 {
      turns.removeAll { $0 == network }
    }
    onEnd(handshake.client, how)
  }

  // MARK: - The queue

  func standInLine(_ handshake: TLSHandshake, isHello: Bool) {
    if isHello {
      let network = handshake.client.network
      if hellos.count(of: network) == 0 { turns.append(network) }
      hellos.append(handshake, of: network)
    } else {
      answers.append(handshake)
    }
    computeNext()
  }

  private func computeNext() {
    while computingAnswers < Self.answersAtOnce, let next = answers.removeOldest() {
      compute(next, isHello: false)
    }
    while computingHellos < Self.hellosAtOnce, !turns.isEmpty {
      let network = turns.removeFirst()
      let newest = hellos.removeNewest(of: network)
      if hellos.count(of: network) > 0 { turns.append(network) }
      if let newest { compute(newest, isHello: true) }
    }
  }

  private func compute(_ handshake: TLSHandshake, isHello: Bool) {
    if isHello { computingHellos += 1 } else { computingAnswers += 1 }
    Task { @GatewayActor in
      await handshake.compute(credentials)
      if isHello { computingHellos -= 1 } else { computingAnswers -= 1 }
      computeNext()
    }
  }

  // MARK: - Time

  func sweep(now: Double) {
    for handshake in unfinished.all { handshake.sweep(now: now) }
    guard mostSinceRelease >= Self.crowd, unfinished.count <= Self.calm,
      now - lastRelease >= Self.releaseInterval
    else {
      return
    }
    mostSinceRelease = unfinished.count
    lastRelease = now
    Task { await TLSActor.releaseMemory() }
  }

  func cancelAll() {
    for handshake in unfinished.all { handshake.end(.failed("the server is stopping")) }
  }
}
