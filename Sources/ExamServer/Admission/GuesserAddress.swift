import WebGateway

/// The origin of a guess, as far as origins can be told apart: one IPv4 address, or one IPv6 /64, all of which a single
/// household has.
struct GuesserAddress: Hashable, Sendable {
  let text: String

  /// - Parameter address: numeric, of either family; anything else counts as itself.
  init(_ address: String) { text = IPAddress.network(of: address) }
}
