import WebGateway

/// How many come in from one address: creating an exam, or joining one. A school's whole class may come from one address at
/// once.
///
/// Who comes by the link does not wait for those who have but the code. A browser that has shown to be one (with the device
/// cookie that the look at the camera gives it) has a few of its own, so that nobody who joins in a loop keeps out the
/// others at his address.
struct Newcomers: Sendable {
  typealias Instant = ContinuousClock.Instant

  enum Way: Hashable, Sendable {
    case creating, typed, byLink
  }

  private struct Key<Of: Hashable & Sendable>: Hashable, Sendable {
    let way: Way
    let of: Of
  }

  private var ofAddress = RateLimiter<Key<GuesserAddress>>(burst: 200, perSecond: 2)
  private var ofDevice = RateLimiter<Key<String>>(burst: 5, perSecond: 0.1)

  /// - Returns: `nil`, or how long to wait.
  mutating func take(_ way: Way, address: GuesserAddress, device: String?, at now: Instant) -> Duration? {
    if let device, ofDevice.take(Key(way: way, of: device), at: now) == nil { return nil }
    return ofAddress.take(Key(way: way, of: address), at: now)
  }
}
