import Testing

@testable import WebGateway

@Suite struct NetworkTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
    ("192.0.2.7", "192.0.2.8", false), ("192.0.2.0/25", "192.0.2.127", true),
    ("192.0.2.0/25", "192.0.2.128", false),
    ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false),
    ("2001:db8::/32", "2001:db8:ffff::1", true),
    ("2001:db8::/32", "2001:db9::1", false), ("::1", "::1", true), ("::/0", "2001:db8::1", true),
    ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("2001:db8::/127", "2001:db8::1", true),
    ("2001:db8::/127", "2001:db8::2", false),
  ])
  func contains(network: String, address: String, isIn: Bool) throws {
    let network = try #require(IPNetwork(network))
    #expect(network.contains(try #require(IPAddress(address))) == isIn)
  }

  @Test(arguments: [
    "", "10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0",
    "a.example",
    "10.0.0.0 /8", "010.0.0.1", "fe80::1%eth0", "10.0.0.0/+8", "2001:db8::1/64",
  ])
  func whatIsNoNetwork(text: String) { #expect(IPNetwork(text) == nil) }

  @Test func addresses() {
    #expect(IPAddress("::ffff:192.0.2.1")?.description == "192.0.2.1")
    #expect(IPAddress("2001:DB8:0:0::1")?.description == "2001:db8::1")
    #expect(IPAddress("127.8.8.8")?.isLoopback == true && IPAddress("::1")?.isLoopback == true)
    #expect(IPAddress("128.0.0.1")?.isLoopback == false && IPAddress("::2")?.isLoopback == false)
  }

  @Test func origins() {
    #expect(WebOrigin("https://School.Example:443")?.description == "https://school.example")
    #expect(WebOrigin("http://a:80") == WebOrigin("http://A"))
    #expect(WebOrigin("http://a") != WebOrigin("https://a"))
    #expect(WebOrigin("http://a:443") != WebOrigin("https://a"))
    #expect(WebOrigin("https://[2001:DB8::1]:8443")?.description == "https://[2001:db8::1]:8443")
    for text in [
      "null", "", "file://", "https://", "https://a:0", "https://a:99999", "https://a:b", "https://u@a",
      "https://a/b", "https://[a]", "https://[::1]x", "https://a b", "ftp://a",
    ] { #expect(WebOrigin(text) == nil, "\(text)") }
  }

  @Test func publicURLs() throws {
    let url = try PublicURL("https://School.example:443/exam/one")
    #expect(url.description == "https://school.example/exam/one/" && url.path == "/exam/one/")
    #expect(try PublicURL("http://a:8080").description == "http://a:8080/")
    #expect(url.strippingPrefix(["exam", "one", "api", "x"]) == ["api", "x"])
    #expect(url.strippingPrefix(["api", "exam", "one"]) == ["api", "exam", "one"])
    #expect(
      url.needsSlash(["exam", "one"]) && !url.needsSlash(["exam", "one", ""]) && !url.needsSlash(["exam"]))
    #expect(try !PublicURL("https://a").needsSlash([]))
    for text in [
      "school.example", "https://", "https://a/?x", "https://a/#x", "https://a/api/", "https://a/teacher",
      "https://a/../b", "https://a/%41", "ftp://a",
    ] { #expect(throws: PublicURL.Malformed.self, "\(text)") { try PublicURL(text) } }
  }
}
