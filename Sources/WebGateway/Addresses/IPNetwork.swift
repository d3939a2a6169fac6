/// Addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
public struct IPNetwork: Sendable, Hashable {
  private let bytes: [UInt8]
  /// The number of significant bits of `bytes`, of 128.
  private let length: Int

  /// Nil if the text is neither an address nor a network in CIDR notation (RFC 4632), or has bits after the prefix,
  /// which would be ambiguous.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    let ofFamily = address.isIPv4 && !parts[0].contains(":") ? 32 : 128
    var length = ofFamily
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let given = Int(parts[1]),
        given <= ofFamily
      else { return nil }
      length = given
    }
    self.length = 128 - ofFamily + length
    bytes = address.bytes
    for bit in self.length..<128 where bytes[bit / 8] & (0x80 >> (bit % 8)) != 0 { return nil }
  }

  func contains(_ address: IPAddress) -> Bool {
    let whole = length / 8
    guard bytes[..<whole] == address.bytes[..<whole] else { return false }
    let rest = length % 8
    return rest == 0 || (bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
  }
}
