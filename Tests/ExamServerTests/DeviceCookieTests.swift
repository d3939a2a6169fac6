import ExamModel
import Foundation
import Testing
import WebGateway

@testable import ExamServer

@Suite struct DeviceCookieTests {
  private let cookies = DeviceCookie(key: Secret(text: "a key"), path: "/exam/")
  private let now = Timestamp(microseconds: 1_800_000_000_000_000)

  private func marked(
    _ proof: DeviceCookie.Proof, cookie: String? = nil, isSecure: Bool = false
  ) -> (value: String, attributes: [String]) {
    var response = HTTPResponse(status: 201)
    cookies.mark(
      &response, of: request(cookie, isSecure: isSecure), right: proof, at: now)
    let parts = response.headers.first { $0.name == "Set-Cookie" }!.value.components(separatedBy: "; ")
    return (parts[0], Array(parts.dropFirst()))
  }

  private func request(_ cookie: String?, isSecure: Bool = false) -> HTTPRequest {
    HTTPRequest(
      method: .post, headers: cookie.map { ["Cookie": $0] } ?? [:], isSecure: isSecure)
  }

  private func device(
    _ cookie: String?, _ proof: DeviceCookie.Proof = .code, after time: Duration = .zero
  ) -> String? {
    cookies.device(of: request(cookie), right: proof, at: now.advanced(by: time))
  }

  @Test func aBrowserThatWasRightIsKnownForAWhile() {
    let (cookie, attributes) = marked(.code)
    #expect(attributes == ["Path=/exam/", "Max-Age=15552000", "HttpOnly", "SameSite=Lax"])
    #expect(marked(.code, isSecure: true).attributes.last == "Secure")
    let id = device("theme=dark; \(cookie)")
    #expect(id != nil)
    #expect(device(cookie, after: .seconds(179 * 86_400)) == id)
    #expect(device(cookie, after: .seconds(181 * 86_400)) == nil)
    // Still the same device after being right again, so that this gives no new budget.
    #expect(device(marked(.code, cookie: cookie).value) == id)
    #expect(device(nil) == nil)
  }

  @Test func aCodeIsNoProofOfThePassword() {
    let (code, _) = marked(.code)
    #expect(device(code, .password) == nil)
    let (password, _) = marked(.password, cookie: code)
    #expect(device(password, .password) == device(code))
    #expect(device(marked(.code, cookie: password).value, .password) != nil)
  }

  @Test func whatIsForgedIsNotKnown() {
    let (cookie, _) = marked(.code)
    for forged in [
      cookie.replacingOccurrences(of: "=1.c.", with: "=1.p."),
      cookie.replacingOccurrences(of: "=1.", with: "=2."), String(cookie.dropLast()), cookie + "0",
      "exam_device=1.c.x.9999999999.", "exam_device=....", "exam_device=", "exam_device",
      "exam_device=" + String(repeating: "1.", count: 100_000),
    ] {
      #expect(device(forged) == nil, "\(forged.prefix(60))")
    }
    // Checking each takes computing a signature, so only the first is checked.
    #expect(device("\(cookie); exam_device=1.c.x.9999999999.0") != nil)
    #expect(device("exam_device=1.c.x.9999999999.0; \(cookie)") == nil)
    let other = DeviceCookie(key: Secret(text: "another key"), path: "/exam/")
    #expect(other.device(of: request(cookie), right: .code, at: now) == nil)
  }
}
