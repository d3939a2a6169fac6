import Testing

@testable import WebGateway

@Suite struct RequestTargetTests {
  @Test func pathsAreDecodedSegmentBySegment() {
    #expect(RequestTarget.segments(ofPath: "/") == [])
    #expect(RequestTarget.segments(ofPath: "/a/b%20c/%C3%A9") == ["a", "b c", "é"])
    #expect(RequestTarget.segments(ofPath: "/a/") == ["a", ""])
    #expect(RequestTarget.segments(ofPath: "/a+b") == ["a+b"])
  }

  @Test(arguments: [
    "", "a", "/..", "/a/../b", "/%2e%2E/b", "/a/.", "/a%2fb", "/a%5Cb", "/a%00", "/%zz", "/%f", "/%ff", "//a",
    "/a//b",
  ])
  func pathsWithTwoMeaningsAreRefused(path: String) {
    #expect(RequestTarget.segments(ofPath: path) == nil)
  }

  @Test func queries() {
    let fields = RequestTarget.fields(ofQuery: "a=1&b=x+y%26z&c&=e&d=%zz&a=2")
    #expect(fields == ["a": "2", "b": "x y&z", "c": "", "": "e"])
  }

  @Test func tokensDoNotReachTheLog() {
    #expect(RequestTarget.redacted(path: "/s", query: "token=abc&x=1") == "/s?token=…&x=1")
    #expect(RequestTarget.redacted(path: "/s", query: "x=1&to%6ben=abc&TOKEN=q") == "/s?x=1&token=…&token=…")
    #expect(RequestTarget.redacted(path: "/s", query: nil) == "/s")
  }

  @Test func patternsMatchWholeSegments() {
    let pattern = PathPattern("/api/sessions/:code/events")
    #expect(pattern.match(["api", "sessions", "123", "events"]) == ["code": "123"])
    #expect(pattern.match(["api", "sessions", "123", "eventsfoo"]) == nil)
    #expect(pattern.match(["api", "sessions", "123"]) == nil)
    #expect(pattern.match(["api", "sessions", "", "events"]) == nil)
    #expect(pattern.match(["api", "sessions", "123", "events", ""]) == nil)
  }

  @Test func origins() {
    func isAllowed(_ origin: String?, _ host: String?) -> Bool {
      WebSocketUpgrade.isAllowed(origin: origin, host: host, ["https://other.example"])
    }
    #expect(isAllowed(nil, "a"))
    #expect(isAllowed("https://a:8080", "A:8080"))
    #expect(isAllowed("https://other.example", "a"))
    #expect(!isAllowed("https://b", "a"))
    #expect(!isAllowed("https://a:1", "a:2"))
    #expect(!isAllowed("null", "a"))
    #expect(!isAllowed("https://a", nil))
    #expect(!isAllowed("https://a.evil.example", "a"))
  }
}
