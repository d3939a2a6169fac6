/// Headers that limit what a browser does with an answer to what the pages need.
enum SecurityHeaders {
  /// On every answer. What is not a page may load and do nothing, whatever it is taken for.
  static let common: [(name: String, value: String)] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    (
      "Content-Security-Policy",
      "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
  ]

  private static let commonNames = Set(common.map { $0.name.lowercased() })

  /// Whether an answer's own header replaces the common one; two policies would both apply.
  static func isCommon(_ name: String) -> Bool { commonNames.contains(name.lowercased()) }

  /// On pages and the files they load. A worker takes its policy from its own answer, so scripts carry it too.
  static let page: [(name: String, value: String)] = [
    (
      "Content-Security-Policy",
      "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; "
        + "connect-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    ("Permissions-Policy", "camera=(self)"),
  ]

  /// A year of only https (RFC 6797), for this host but not its subdomains, of which the server knows nothing.
  static let strictTransport = (name: "Strict-Transport-Security", value: "max-age=31536000")

  /// The common ones as written in an answer.
  static let commonText = common.map { "\($0.name): \($0.value)\r\n" }.joined()
}
