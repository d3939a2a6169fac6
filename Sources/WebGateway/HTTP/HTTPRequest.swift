/// A complete request, its body read and within its limit.
public struct HTTPRequest: Sendable {
  public let method: HTTPMethod
  /// The path, percent-decoded segment by segment. No segment is empty (except the last), `.` or `..`, or contains `/` or
  /// NUL.
  public internal(set) var segments: [String]
  /// The segments joined, for look-ups and display. It must not be split again: a combining mark at the start of a
  /// segment forms one character with the slash before it.
  public var path: String { "/" + segments.joined(separator: "/") }
  /// What the route's `:name` segments matched.
  public internal(set) var parameters: [String: String]
  /// The query's fields, decoded; if a field is given twice, the last.
  public let query: [String: String]
  public internal(set) var body: [UInt8]
  /// The client's numeric address, IPv4-mapped IPv6 as IPv4: that of the remote end or, if that is a trusted proxy, the
  /// one it names.
  public let remoteAddress: String
  /// Whether the client's connection is encrypted, to this server or to a trusted proxy.
  public let isSecure: Bool
  /// Who the ticket in the address was issued for; `nil` if there is none.
  public internal(set) var ticketHolder: String?
  /// Values by lower-case name, repeated headers joined by `, `. Non-ASCII bytes are read as ISO 8859-1, so that no two
  /// of them form one character.
  let headers: [String: String]

  public init(
    method: HTTPMethod, segments: [String] = [], parameters: [String: String] = [:],
    query: [String: String] = [:],
    headers: [String: String] = [:], body: [UInt8] = [], remoteAddress: String = "", isSecure: Bool = false
  ) {
    self.method = method
    self.segments = segments
    self.parameters = parameters
    self.query = query
    self.body = body
    self.remoteAddress = remoteAddress
    self.isSecure = isSecure
    self.headers = Dictionary(
      headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $0 + ", " + $1 })
  }

  /// A header's value; its name in any case.
  public func header(_ name: String) -> String? { headers[name.lowercased()] }

  /// The members of a header that is a list.
  func list(_ name: String) -> [Substring] { (header(name) ?? "").split(separator: ",").map(\.trimmed) }

  /// The token from `Authorization: Bearer`, else, unless a ticket replaces it, from a subprotocol `token.…`, which is
  /// how a page passes it to a WebSocket. Never from the address: addresses end up in the logs of proxies.
  public var bearerToken: String? {
    if let authorization = headers["authorization"] {
      let parts = authorization.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return String(parts[1].drop { $0 == " " })
    }
    guard ticketHolder == nil else { return nil }
    let prefix = "token."
    return list("Sec-WebSocket-Protocol").first { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
  }

  var wantsWebSocket: Bool { list("Upgrade").contains { $0.lowercased() == "websocket" } }
}

extension Substring {
  /// Without spaces and tabs at its ends (RFC 9110, 5.6.3).
  var trimmed: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start }
    return start[...last]
  }
}
