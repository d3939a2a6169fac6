import Foundation

/// Where a guess comes from, as far as it can be told apart: one IPv4 address, or one IPv6 network of 64 bits, of which a
/// single household has all addresses.
struct GuesserAddress: Hashable, Sendable {
  let text: String

  /// - Parameter address: numeric, of either family; anything else stands for itself.
  init(_ address: String) {
    // A zone belongs to the link, not to the peer.
    let bare = String(address.prefix { $0 != "%" })
    var parsed = in6_addr()
    guard bare.contains(":"), inet_pton(AF_INET6, bare, &parsed) == 1 else {
      text = bare
      return
    }
    let bytes = withUnsafeBytes(of: &parsed) { Array($0) }
    if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
      text = bytes.suffix(4).map(String.init).joined(separator: ".")
    } else {
      text = bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
  }
}
