/// Headers that go out with answers so that a browser does no more than the pages need.
enum SecurityHeaders {
  /// On every answer. What is no page may load and do nothing, whatever it is taken for.
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

  /// Whether an answer's own header takes the place of the common one; two policies would both hold.
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

  /// A year of https alone (RFC 6797), for this host and not those below it, of which the server knows nothing.
  static let strictTransport = (name: "Strict-Transport-Security", value: "max-age=31536000")

  /// The common ones as they stand in an answer.
  static let commonText = common.map { "\($0.name): \($0.value)\r\n" }.joined()
}
