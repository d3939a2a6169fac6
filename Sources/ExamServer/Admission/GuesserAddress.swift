import WebGateway

/// Where a guess comes from, as far as it can be told apart: one IPv4 address, or one IPv6 network of 64 bits, of which a
/// single household has all addresses.
struct GuesserAddress: Hashable, Sendable {
  let text: String

  /// - Parameter address: numeric, of either family; anything else stands for itself.
  init(_ address: String) { text = IPAddress.network(of: address) }
}
