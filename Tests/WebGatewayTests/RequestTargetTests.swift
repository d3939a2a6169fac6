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
    #expect(fields == ["a": "2", "b": "x+y&z", "c": "", "": "e"])
  }

  @Test func secretsDoNotReachTheLog() {
    func query(_ text: String) -> String { RequestTarget.redacted(path: "/s", query: text) }
    #expect(query("token=abc&view=tile") == "/s?token=…&view=tile")
    #expect(query("view=tile&to%6ben=abc&TOKEN=q") == "/s?view=tile&to%6ben=…&TOKEN=…")
    // Whatever its name: only what is known to be harmless is shown.
    #expect(query("ticket=abc&key=def&x") == "/s?ticket=…&key=…&x=…")
    #expect(query("\(String(repeating: "t", count: 40))&%zz=secret") == "/s?…&…")
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
}
