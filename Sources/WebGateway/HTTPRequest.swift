/// A complete request, its body read and within the bound.
public struct HTTPRequest: Sendable {
  public let method: HTTPMethod
  /// The path, percent-decoded segment by segment. No segment is empty (but the last), `.` or `..`, or holds `/` or NUL.
  public let path: String
  /// What the route's `:name` segments matched.
  public internal(set) var parameters: [String: String]
  /// The query's fields, decoded; of a field given twice, the last.
  public let query: [String: String]
  public let body: [UInt8]
  /// The peer's numeric address, IPv4-mapped IPv6 as IPv4. Behind a proxy this is the proxy's.
  public let remoteAddress: String
  /// Whether the connection is encrypted.
  public let isSecure: Bool
  /// Values by lower-case name, repeated headers joined by `, `.
  let headers: [String: String]

  public init(
    method: HTTPMethod, path: String, parameters: [String: String] = [:], query: [String: String] = [:],
    headers: [String: String] = [:], body: [UInt8] = [], remoteAddress: String = "", isSecure: Bool = false
  ) {
    self.method = method
    self.path = path
    self.parameters = parameters
    self.query = query
    self.body = body
    self.remoteAddress = remoteAddress
    self.isSecure = isSecure
    self.headers = Dictionary(
      headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $0 + ", " + $1 })
  }

  /// A header's value; the name in any case.
  public func header(_ name: String) -> String? { headers[name.lowercased()] }

  /// The token from `Authorization: Bearer`, else from `?token=`, which is for places where a browser cannot set
  /// headers.
  public var bearerToken: String? {
    if let authorization = headers["authorization"] {
      let parts = authorization.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return String(parts[1].drop { $0 == " " })
    }
    return query["token"]
  }
}
