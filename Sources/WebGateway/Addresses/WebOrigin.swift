/// Scheme, host and port of an address (RFC 6454), normalised for comparison: lower case, default ports made explicit.
public struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
  public let scheme: String
  /// A name, or a numeric address without brackets.
  public let host: String
  /// The scheme's default if none was given.
  public let port: UInt16

  public var isSecure: Bool { scheme == "https" }

  /// An `Origin` header's value. Nil unless it is http or https; it may be `null`, for example.
  public init?(_ text: String) {
    guard let mark = text.firstRange(of: "://") else { return nil }
    self.init(scheme: text[..<mark.lowerBound].lowercased(), authority: String(text[mark.upperBound...]))
  }

  /// - Parameter authority: a `Host` header's value: `name`, `name:port`, `[::1]:port`.
  init?(scheme: String, authority: String) {
    guard scheme == "http" || scheme == "https", let (host, port) = Self.split(authority) else { return nil }
    self.scheme = scheme
    self.host = host
    self.port = port ?? (scheme == "https" ? 443 : 80)
  }

  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? "\(scheme)://\(name)" : "\(scheme)://\(name):\(port)"
  }

  /// Host and port of an authority without a user; nil where it is malformed.
  static func split(_ authority: String) -> (host: String, port: UInt16?)? {
    var host = authority[...]
    var portText: Substring?
    if host.first == "[" {
      guard let end = host.firstIndex(of: "]") else { return nil }
      let rest = host[host.index(after: end)...]
      host = host[host.index(after: host.startIndex)..<end]
      guard let address = IPAddress(host), host.contains(":") else { return nil }
      if !rest.isEmpty {
        guard rest.first == ":" else { return nil }
        portText = rest.dropFirst()
      }
      return port(portText).map { (address.description, $0) }
    }
    if let colon = host.firstIndex(of: ":") {
      portText = host[host.index(after: colon)...]
      host = host[..<colon]
    }
    if host.last == "." { host = host.dropLast() }
    guard !host.isEmpty, host.utf8.count <= 253,
      host.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      })
    else { return nil }
    return port(portText).map { (host.lowercased(), $0) }
  }

  /// The outer nil is a malformed port, the inner one none.
  private static func port(_ text: Substring?) -> UInt16?? {
    guard let text, !text.isEmpty else { return .some(nil) }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
      return nil
    }
    return .some(port)
  }
}
