/// All TLS handshakes under way: how many there may be, and whose turn it is to be computed.
///
/// Above the bounds the oldest gives way to the newest: an honest client is done within a few round trips, and who holds
/// places without going on loses them. The same where more is to be computed than can be: who has begun goes first, then
/// one of each address in turn, of an address the newest, so that a flood keeps neither other addresses nor all of its own
/// waiting behind it.
@GatewayActor
final class TLSHandshakes {
  /// Steps handed to the computing thread at one time: enough to keep it busy for a turn of the gateway's loop of 8 ms. A
  /// hello takes most of a millisecond, an answer a fraction of a tenth.
  private static let hellosAtOnce = 12
  private static let answersAtOnce = 128
  /// So many unfinished at one time leave enough in the heap to be given back, once there are as few as `calm`.
  private static let crowd = 64
  private static let calm = 16
  /// Seconds between two times of giving memory back.
  private static let releaseInterval = 5.0

  /// For handshakes that begin from now on.
  var credentials: TLSCredentials
  let poller: SocketPoller
  private let configuration: GatewayConfiguration
  private let onEnd: @GatewayActor (ClientConnection, TLSHandshake.End) -> Void

  private var unfinished = AgedByNetwork<TLSHandshake>()
  private var answers = AgedSet<TLSHandshake>()
  private var hellos = AgedByNetwork<TLSHandshake>()
  /// The networks of `hellos`, the one whose turn is next first.
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

  /// `onEnd` is called once for it; the connection can be closed from then on.
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
    // It may still be computed: its place is free all the same.
    unfinished.removeOldest(of: network)?.end(.gaveWay)
  }

  /// What a handshake says of its end.
  func ended(_ handshake: TLSHandshake, _ how: TLSHandshake.End) {
    let network = handshake.client.network
    _ = unfinished.remove(handshake, of: network)
    _ = answers.remove(handshake)
    if hellos.remove(handshake, of: network), hellos.count(of: network) == 0 {
      turns.removeAll { $0 == network }
    }
    onEnd(handshake.client, how)
  }

  // MARK: - The line

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
