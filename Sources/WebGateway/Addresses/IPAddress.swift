import Glibc

/// A numeric address. IPv4 is held as the IPv6 address that it maps to (RFC 4291, 2.5.5.2), so that both compare alike.
public struct IPAddress: Hashable, CustomStringConvertible {
  /// 16 bytes in network order.
  let bytes: [UInt8]

  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

  /// Nil where the text is not a numeric IPv4 address of four parts or an IPv6 address without a zone.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 45 else { return nil }
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, String(text), &four) == 1 {
      bytes = Self.mappedPrefix + withUnsafeBytes(of: four) { Array($0) }
    } else if inet_pton(AF_INET6, String(text), &six) == 1 {
      bytes = withUnsafeBytes(of: six) { Array($0) }
    } else {
      return nil
    }
  }

  var isIPv4: Bool { bytes.starts(with: Self.mappedPrefix) }

  /// 127.0.0.0/8 and ::1.
  var isLoopback: Bool {
    isIPv4 ? bytes[12] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  /// What limits per address are counted by: an IPv4 address, or the /64 of an IPv6 address, all of which one customer has.
  ///
  /// - Parameter address: numeric, of either family; anything else counts as itself.
  public static func network(of address: String) -> String {
    // A zone belongs to the link, not to the peer.
    let bare = address.prefix { $0 != "%" }
    guard let parsed = IPAddress(bare) else { return String(bare) }
    guard !parsed.isIPv4 else { return parsed.description }
    return parsed.bytes[..<8].map { String($0, radix: 16) }.joined(separator: ".") + "/64"
  }

  /// As written by `numericAddress`.
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ =
      isIPv4
      ? inet_ntop(AF_INET, Array(bytes[12...]), &text, socklen_t(text.count))
      : inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
