/// The time used for retention. A clock that is set wrong, or that a dead battery made wrong, must erase nothing: the
/// system's clock is trusted at once when it goes back, and only a day later when it jumps ahead of the time that was
/// seen to pass.
///
/// What passes is measured by the clock since boot. The system's clock changes relative to it only when it is set, or
/// while the machine is off; the lowest difference of the last measured day is trusted.
public struct RetentionClock: Codable, Hashable, Sendable {
  /// How long the system's clock has to say the same before it is trusted.
  public static let grace = Duration.seconds(86_400)
  /// Clocks are adjusted by less than this all the time.
  private static let tolerance: Int64 = 2_000_000
  /// A clock that is set all the time is trusted later, and fills no memory.
  private static let maximumClaims = 32

  /// Since then the system's clock has been ahead by at least this.
  private struct Claim: Codable, Hashable, Sendable {
    /// In microseconds.
    let ahead: Int64
    /// Microseconds measured.
    var since: Int64
  }

  /// Microseconds.
  private var counted: Int64 = 0
  /// How far the system's clock is ahead of the measured time, where that is trusted; in microseconds.
  private var believed: Int64
  /// What is not trusted yet; both numbers rise.
  private var claims: [Claim] = []

  /// A clock without any reason for doubt.
  public init(believing time: Timestamp) { believed = time.microseconds }

  /// The time for retention.
  public var now: Timestamp { Timestamp(microseconds: counted + believed) }

  /// How long until the system's clock is fully trusted; `nil` if it is.
  public var timeOfDoubt: Duration? {
    claims.last.map { .microseconds($0.since - counted) + Self.grace }
  }

  /// - Parameters:
  ///   - passed: since the last call; zero if unknown, the machine having been off.
  ///   - system: the system's clock.
  /// - Returns: how far it jumped ahead of the measured time, if it did just now.
  public mutating func advance(by passed: Duration, system: Timestamp) -> Duration? {
    counted += max(0, passed.microseconds)
    let ahead = system.microseconds - counted
    believed = min(believed, ahead)
    var since = counted
    var wentBack = false
    while let last = claims.last, last.ahead > ahead {
      since = last.since
      wentBack = true
      claims.removeLast()
    }
    let step = ahead - (claims.last?.ahead ?? believed)
    let isAhead = step >= Self.tolerance
    if isAhead { claims.append(Claim(ahead: ahead, since: since)) }
    if claims.count > Self.maximumClaims { claims.remove(at: claims.count - 2) }
    while let first = claims.first, .microseconds(counted - first.since) >= Self.grace {
      believed = first.ahead
      claims.removeFirst()
    }
    return isAhead && !wentBack ? .microseconds(step) : nil
  }
}
