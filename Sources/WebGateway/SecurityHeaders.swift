/// Headers that go out with answers so that a browser does no more than the pages need.
enum SecurityHeaders {
  /// On every answer.
  static let common = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
  ]

  /// On pages and the files they load. A worker takes its policy from its own answer, so scripts carry it too.
  static let page: [(name: String, value: String)] = [
    (
      "Content-Security-Policy",
      "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; "
        + "connect-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    ("Permissions-Policy", "camera=(self)"),
  ]
}
