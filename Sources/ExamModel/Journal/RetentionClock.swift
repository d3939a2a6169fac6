/// The time by which retention goes. A clock that is set wrong, or that a dead battery made wrong, must erase nothing: what
/// the system's clock says is believed at once where it went back, and a day later where it went ahead of what was seen to
/// pass.
///
/// What passes is counted by the clock since the machine's start. By how much the system's clock is ahead of that count
/// changes only when it is set, or when the machine was off; the lowest that this was in the last day counted is believed.
public struct RetentionClock: Codable, Hashable, Sendable {
  /// For how long the system's clock has to say the same until it is believed.
  public static let grace = Duration.seconds(86_400)
  /// Clocks are adjusted by less than this all the time.
  private static let tolerance: Int64 = 2_000_000
  /// A clock that is set all the time is believed later, and fills no memory.
  private static let maximumClaims = 32

  /// The system's clock has been ahead by at least this since then.
  private struct Claim: Codable, Hashable, Sendable {
    /// In microseconds.
    let ahead: Int64
    /// Microseconds counted.
    var since: Int64
  }

  /// Microseconds.
  private var counted: Int64 = 0
  /// By how much the system's clock is ahead of the count, as far as that is believed; in microseconds.
  private var believed: Int64
  /// What is not believed yet; both numbers rise.
  private var claims: [Claim] = []

  /// A clock that has no reason to doubt.
  public init(believing time: Timestamp) { believed = time.microseconds }

  /// What time it is for retention.
  public var now: Timestamp { Timestamp(microseconds: counted + believed) }

  /// Until all that the system's clock says now is believed; `nil` if it is.
  public var timeOfDoubt: Duration? {
    claims.last.map { .microseconds($0.since - counted) + Self.grace }
  }

  /// - Parameters:
  ///   - passed: since the last call; zero where nothing is known of it, the machine having been off.
  ///   - system: what the system's clock says.
  /// - Returns: how far that went ahead of what was seen to pass, if it did just now.
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
