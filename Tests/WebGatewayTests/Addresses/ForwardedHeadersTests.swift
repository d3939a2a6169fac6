import Testing

@testable import WebGateway

@Suite struct ForwardedHeadersTests {
  private func site(_ header: ForwardedHeader = .xForwardedFor) -> SiteAddress {
    var configuration = GatewayConfiguration()
    configuration.trustedProxies = ["10.0.0.0/8", "2001:db8:1::/48"].compactMap { IPNetwork($0) }
    configuration.forwardedHeader = header
    return SiteAddress(configuration)
  }

  private func client(_ peer: String, _ value: String, _ header: ForwardedHeader = .xForwardedFor) -> String {
    site(header).sender(peer: peer, isSecure: false, headers: [header.rawValue: value]).address
  }

  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"),
    // Anybody can write what is left of the first that is not trusted.
    ("6.6.6.6, 192.0.2.1", "192.0.2.1"), ("6.6.6.6,192.0.2.1 , 10.0.0.2", "192.0.2.1"),
    ("10.9.9.9, 192.0.2.1", "192.0.2.1"), ("192.0.2.1:5678", "192.0.2.1"), ("2001:db8::5", "2001:db8::5"),
    ("[2001:db8::5]:443", "2001:db8::5"), ("::ffff:192.0.2.1", "192.0.2.1"),
    // All trusted: the most distant one.
    ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
    // Not an address: what is right of it counts.
    ("192.0.2.1, unknown, 10.0.0.2", "10.0.0.2"), ("unknown", "10.0.0.1"), ("", "10.0.0.1"),
    (",,", "10.0.0.1"),
    ("192.0.2.1, 192.0.2.999", "10.0.0.1"), ("\"192.0.2.1", "10.0.0.1"),
  ])
  func xForwardedFor(value: String, expected: String) { #expect(client("10.0.0.1", value) == expected) }

  @Test(arguments: [
    ("for=192.0.2.1", "192.0.2.1"), ("For=\"[2001:db8::5]:47011\"", "2001:db8::5"),
    ("for=6.6.6.6, for=192.0.2.1;proto=https;by=10.0.0.1", "192.0.2.1"),
    ("for=192.0.2.1, for=10.0.0.2", "192.0.2.1"), ("for=_hidden, for=10.0.0.2", "10.0.0.2"),
    ("for=\"6.6.6.6, for=7.7.7.7\", for=192.0.2.1", "192.0.2.1"), ("for=192.0.2.1;for=6.6.6.6", "10.0.0.1"),
    ("proto=https", "10.0.0.1"), ("for=\"192.0.2.1", "10.0.0.1"),
  ])
  func forwarded(value: String, expected: String) {
    #expect(client("10.0.0.1", value, .forwarded) == expected)
  }

  @Test func fromAnybodyElseTheyAreIgnored() {
    let headers = [
      "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", "forwarded": "for=192.0.2.1",
    ]
    for peer in ["11.0.0.1", "127.0.0.1", "2001:db8:2::1", ""] {
      let sender = site().sender(peer: peer, isSecure: false, headers: headers)
      #expect(sender == .init(address: peer, isSecure: false, isForwarded: false))
    }
  }

  @Test func onlyTheChosenHeaderCounts() {
    // A proxy passes on the other one unchanged.
    let headers = [
      "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "http", "forwarded": "for=6.6.6.6;proto=https",
    ]
    #expect(
      site().sender(peer: "10.0.0.1", isSecure: false, headers: headers)
        == .init(address: "192.0.2.1", isSecure: false, isForwarded: true))
    #expect(
      site(.forwarded).sender(peer: "2001:db8:1::9", isSecure: false, headers: headers)
        == .init(address: "6.6.6.6", isSecure: true, isForwarded: true))
  }

  @Test func theSchemeIsTheNearestProxys() {
    func isSecure(_ scheme: String) -> Bool {
      site().sender(
        peer: "10.0.0.1", isSecure: false,
        headers: ["x-forwarded-for": "192.0.2.1", "x-forwarded-proto": scheme]
      ).isSecure
    }
    #expect(isSecure("https") && isSecure("http, HTTPS "))
    #expect(!isSecure("https, http") && !isSecure("wss") && !isSecure(""))
  }

  /// With `Forwarded` each proxy says how it was reached, so the scheme is that of the client's side.
  @Test func ofSeveralProxiesTheClientsOneTellsTheScheme() {
    func isSecure(_ value: String) -> Bool {
      site(.forwarded).sender(peer: "10.0.0.1", isSecure: false, headers: ["forwarded": value]).isSecure
    }
    #expect(isSecure("for=192.0.2.1;proto=https, for=10.0.0.2;proto=http"))
    #expect(!isSecure("for=192.0.2.1;proto=http, for=10.0.0.2;proto=https"))
    #expect(!isSecure("for=6.6.6.6;proto=https, for=192.0.2.1;proto=http"))
  }
}
