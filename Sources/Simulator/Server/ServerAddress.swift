import Foundation

/// The server's scheme, host and port, without a path.
struct ServerAddress: Sendable, Hashable {
  /// Without a trailing slash.
  let text: String
  let host: String
  let port: Int

  /// - Throws: `RehearsalError` if `text` is not an http or https address.
  init(_ text: String) throws {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
    else {
      throw RehearsalError("\(text) is not the address of a server; give one such as http://localhost:8080.")
    }
    self.host = host
    port = parts.port ?? (scheme == "https" ? 443 : 80)
    self.text = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
  }

  /// Whether the server is certainly on this machine.
  var isLocal: Bool {
    host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
  }
}
