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

  /// By address, the oldest first.
  private var unfinished: [String: AgedSet] = [:]
  private var count = 0
  private var answers: [TLSHandshake] = []
  private var hellos: [String: [TLSHandshake]] = [:]
  /// The addresses of `hellos`, the one whose turn is next first.
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
    if unfinished[network, default: AgedSet()].count >= configuration.maximumHandshakesPerAddress {
      giveWay(of: network)
    } else if count >= configuration.maximumHandshakes,
      let fullest = unfinished.max(by: { $0.value.count < $1.value.count })?.key
    {
      giveWay(of: fullest)
    }
    unfinished[network, default: AgedSet()].append(handshake)
    count += 1
    mostSinceRelease = max(mostSinceRelease, count)
    handshake.begin(poller: poller)
  }

  private func giveWay(of network: String) {
    // It may still be computed: its place is free all the same.
    guard let oldest = unfinished[network]?.removeOldest() else { return }
    count -= 1
    oldest.end(.gaveWay)
  }

  /// What a handshake says of its end.
  func ended(_ handshake: TLSHandshake, _ how: TLSHandshake.End) {
    let network = handshake.client.network
    if unfinished[network]?.remove(handshake) == true { count -= 1 }
    if unfinished[network]?.count == 0 { unfinished[network] = nil }
    onEnd(handshake.client, how)
  }

  // MARK: - The line

  func standInLine(_ handshake: TLSHandshake, isHello: Bool) {
    if isHello {
      let network = handshake.client.network
      if hellos[network, default: []].isEmpty { turns.append(network) }
      hellos[network, default: []].append(handshake)
    } else {
      answers.append(handshake)
    }
    computeNext()
  }

  private func computeNext() {
    // Both lines are as short as there are unfinished handshakes.
    while computingAnswers < Self.answersAtOnce, !answers.isEmpty {
      compute(answers.removeFirst(), isHello: false)
    }
    while computingHellos < Self.hellosAtOnce, !turns.isEmpty {
      let network = turns.removeFirst()
      let newest = hellos[network]?.popLast()
      if hellos[network]?.isEmpty == false { turns.append(network) } else { hellos[network] = nil }
      if let newest { compute(newest, isHello: true) }
    }
  }

  private func compute(_ handshake: TLSHandshake, isHello: Bool) {
    guard handshake.isInLine else { return }
    if isHello { computingHellos += 1 } else { computingAnswers += 1 }
    Task { @GatewayActor in
      await handshake.compute(credentials)
      if isHello { computingHellos -= 1 } else { computingAnswers -= 1 }
      computeNext()
    }
  }

  // MARK: - Time

  func sweep(now: Double) {
    for handshake in unfinished.values.flatMap(\.all) { handshake.sweep(now: now) }
    guard mostSinceRelease >= Self.crowd, count <= Self.calm, now - lastRelease >= Self.releaseInterval else {
      return
    }
    mostSinceRelease = count
    lastRelease = now
    Task { await TLSActor.releaseMemory() }
  }

  func cancelAll() {
    for handshake in unfinished.values.flatMap(\.all) { handshake.end(.failed("the server is stopping")) }
  }
}

/// Handshakes in the order in which they came. All that is done to it takes constant time, on average.
private struct AgedSet {
  private var members: [UInt64: TLSHandshake] = [:]
  private var ages: [ObjectIdentifier: UInt64] = [:]
  private var oldest: UInt64 = 0
  private var next: UInt64 = 0

  var count: Int { members.count }
  var all: [TLSHandshake] { Array(members.values) }

  mutating func append(_ handshake: TLSHandshake) {
    members[next] = handshake
    ages[ObjectIdentifier(handshake)] = next
    next += 1
  }

  mutating func remove(_ handshake: TLSHandshake) -> Bool {
    guard let age = ages.removeValue(forKey: ObjectIdentifier(handshake)) else { return false }
    members[age] = nil
    return true
  }

  mutating func removeOldest() -> TLSHandshake? {
    while oldest < next {
      defer { oldest += 1 }
      if let handshake = members.removeValue(forKey: oldest) {
        ages[ObjectIdentifier(handshake)] = nil
        return handshake
      }
    }
    return nil
  }
}
