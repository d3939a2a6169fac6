/// Codes with which the server closes sockets: three of RFC 6455, and one of this protocol.
enum CloseCode {
  static let normal: UInt16 = 1000
  static let goingAway: UInt16 = 1001
  static let policy: UInt16 = 1008
  /// A newer connection of the same participant took over; the page must not reconnect.
  static let replaced: UInt16 = 4001
}
