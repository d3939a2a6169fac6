import WebGateway

/// Limits how many come in from one address, creating an exam or joining one. A school's whole class may come from one
/// address at once.
///
/// People with the link do not wait behind those who only have the code. A browser known as such (by the device cookie
/// set when it tested the camera) has a small budget of its own, so that somebody who joins in a loop does not keep out
/// others at the same address.
struct Newcomers: Sendable {
  enum Way: Hashable, Sendable {
    case creating, typed, byLink
  }

  struct Key<Of: Hashable & Sendable>: Hashable, Sendable {
    let way: Way?
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
