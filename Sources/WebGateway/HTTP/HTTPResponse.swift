public import GLibRuntime

/// An answer: plain bytes, or an endless stream of pictures.
public struct HTTPResponse: Sendable {
  public enum Body: Sendable {
    case empty
    case bytes([UInt8])
    /// Bytes that are shared and not copied.
    case shared(SharedBytes)
    /// A body produced while the client takes it: called for one piece after another, off the actor, each time the
    /// previous one has gone to the kernel; `nil` ends it. If it throws, the connection is cut, so that no client
    /// mistakes a part for the whole. Not called for a HEAD request.
    case pieces(@Sendable () async throws -> [UInt8]?)
    /// A multipart/x-mixed-replace stream, passed on once the answer's headers have been sent. Not called for a HEAD
    /// request.
    case pictures(@GatewayActor (PictureStream) -> Void)
  }

  /// 200 to 599.
  public var status: Int
  /// In order of appearance. `Cache-Control: no-store` is added unless caching is specified.
  public var headers: [(name: String, value: String)]
  public var body: Body
  /// Of a problem document: its code and parameters, as a query. The first page has words for them.
  private(set) var problem: String?

  public init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .empty) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON document, already encoded.
  public static func json(status: Int = 200, _ bytes: [UInt8]) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: .bytes(bytes))
  }

  /// Text of the given type, such as `text/plain; charset=utf-8`.
  public static func text(
    status: Int = 200, _ text: String, contentType: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Content-Type", contentType)], body: .bytes(Array(text.utf8)))
  }

  static func redirect(to address: String, status: Int) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Location", address)])
  }

  /// A problem document (RFC 9457).
  ///
  /// - Parameters:
  ///   - code: for programs, such as `unknown_session`. docs/protocol.md lists all of them.
  ///   - retryAfter: in seconds; also sent as `Retry-After`.
  public static func problem(
    status: Int, title: String, detail: String, code: String, retryAfter: Int? = nil,
    parameters: [String: any Sendable & CustomStringConvertible] = [:]
  ) -> HTTPResponse {
    var document = "{\"type\":\"about:blank\",\"title\":\(jsonString(title)),\"status\":\(status)"
    document += ",\"detail\":\(jsonString(detail)),\"code\":\(jsonString(code))"
    var parameters = parameters
    parameters["retry_after"] = retryAfter
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
      document += ",\(jsonString(name)):\(value is any Numeric ? "\(value)" : jsonString("\(value)"))"
    }
    document += "}"
    var headers: [(name: String, value: String)] = [("Content-Type", "application/problem+json")]
    if let retryAfter { headers.append(("Retry-After", String(retryAfter))) }
    var response = HTTPResponse(status: status, headers: headers, body: .bytes(Array(document.utf8)))
    response.problem = "problem=\(code)" + parameters.map { "&\($0)=\($1)" }.joined()
    return response
  }

  /// Encoded here so that the gateway needs no Foundation for this one kind of document.
  private static func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
