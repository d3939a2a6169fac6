import Testing

@testable import WebGateway

@Suite struct SiteAddressTests {
  private func site(_ change: (inout GatewayConfiguration) throws -> Void = { _ in }) rethrows -> SiteAddress
  {
    var configuration = GatewayConfiguration(
      host: "192.0.2.10", port: 8443, tls: .init(certificate: "", key: ""))
    try change(&configuration)
    return SiteAddress(configuration)
  }

  private func refusal(
    _ site: SiteAddress, host: String?, origin: String? = nil, isSecure: Bool = true,
    isForwarded: Bool = false,
    from address: String = "192.0.2.99", local: String = "192.0.2.10", changes: Bool = true
  ) -> GatewayEvent.RequestRefusal? {
    site.refusal(
      host: host, origin: origin,
      sender: .init(address: address, isSecure: isSecure, isForwarded: isForwarded), local: local,
      changes: changes)
  }

  @Test func hosts() throws {
    let site = try site {
      $0.publicURL = try PublicURL("https://school.example/exam")
      $0.allowedHosts = ["Room7.lan"]
    }
    for host in [
      "localhost", "127.0.0.1:8443", "[::1]:8443", "192.0.2.10:8443", "school.example", "SCHOOL.example.",
      "school.example:443", "room7.lan:8443",
    ] { #expect(refusal(site, host: host) == nil, "\(host)") }
    // Only non-browsers name no host.
    #expect(refusal(site, host: nil) == nil)
    for host in [
      "evil.example", "", "192.0.2.11", "school.example.evil.example", "localhost.evil.example", "a b",
      "school.example@evil.example", "127.0.0.1.evil.example",
    ] {
      #expect(refusal(site, host: host) == .host, "\(host)")
      #expect(refusal(site, host: host, changes: false) == .host, "\(host)")
    }
  }

  @Test func listeningOnAllAddressesTheOneThatWasReachedCounts() {
    let site = site { $0.host = "0.0.0.0" }
    #expect(refusal(site, host: "192.0.2.20", local: "192.0.2.20") == nil)
    #expect(refusal(site, host: "192.0.2.21", local: "192.0.2.20") == .host)
    #expect(refusal(site, host: "evil.example", local: "192.0.2.20") == .host)
  }

  @Test func origins() throws {
    let site = try site {
      $0.publicURL = try PublicURL("https://school.example")
      $0.allowedOrigins = ["https://wall.example:443"]
    }
    func check(
      _ origin: String?, host: String = "localhost:8443", isSecure: Bool = true, changes: Bool = true
    )
      -> GatewayEvent.RequestRefusal?
    { refusal(site, host: host, origin: origin, isSecure: isSecure, from: "127.0.0.1", changes: changes) }
    #expect(check(nil) == nil)
    #expect(check("https://LOCALHOST:8443") == nil)
    #expect(check("https://localhost", host: "localhost:443") == nil)
    #expect(check("https://localhost:443", host: "localhost") == nil)
    #expect(check("https://school.example") == nil)
    #expect(check("https://wall.example") == nil)
    #expect(check("https://evil.example", changes: false) == nil)
    for origin in [
      "http://localhost:8443", "https://localhost", "https://school.example:8443", "http://school.example",
      "https://wall.example.evil.example", "null", "", "https://localhost:8443.evil.example",
    ] { #expect(check(origin) == .origin, "\(origin)") }
    // Without encryption the same name is another origin.
    let plain = self.site {
      $0.host = "127.0.0.1"
      $0.tls = nil
    }
    #expect(refusal(plain, host: "localhost", origin: "http://localhost:80", isSecure: false) == nil)
    #expect(refusal(plain, host: "localhost", origin: "https://localhost", isSecure: false) == .origin)
  }

  @Test func withoutEncryptionOnlyProxiesReachAnotherAddressThanLoopback() {
    let site = site {
      $0.tls = nil
      $0.trustedProxies = [IPNetwork("10.0.0.1")!]
    }
    #expect(refusal(site, host: "192.0.2.10", isSecure: false) == .unencrypted)
    #expect(refusal(site, host: "192.0.2.10", isSecure: false, from: "127.0.0.1") == nil)
    #expect(refusal(site, host: "192.0.2.10", isSecure: false, isForwarded: true) == nil)
  }

  @Test func httpsIsDemandedWhereItIsToStay() {
    func demands(_ site: SiteAddress, _ host: String?, isSecure: Bool = true, isForwarded: Bool = false)
      -> Bool
    {
      site.demandsHTTPS(
        host: host, sender: .init(address: "192.0.2.1", isSecure: isSecure, isForwarded: isForwarded))
    }
    let usual = site { _ in }
    #expect(demands(usual, "school.example"))
    #expect(!demands(usual, "localhost:8443") && !demands(usual, "127.0.0.1") && !demands(usual, nil))
    #expect(!demands(usual, "school.example", isSecure: false))
    let trial = site { $0.tls?.isTrial = true }
    #expect(!demands(trial, "school.example") && demands(trial, "school.example", isForwarded: true))
  }
}
