/// Close codes used by the server: four registered ones, and two of this protocol.
enum CloseCode {
  static let normal: UInt16 = 1000
  static let goingAway: UInt16 = 1001
  static let policy: UInt16 = 1008
  static let tryAgain: UInt16 = 1013
  /// A newer connection of the same participant took over; the page must not reconnect.
  static let replaced: UInt16 = 4001
  /// The participant was removed; the token is void.
  static let dismissed: UInt16 = 4002
}
