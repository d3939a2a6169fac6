/// The answers to requests that are not meant for this server. Each says what its operator can do; the log says the
/// same, with the refused names.
extension SiteAddress.Refusal {
  var answer: HTTPResponse {
    switch self {
    case .host:
      .problem(
        status: 421, title: "Misdirected Request",
        detail:
          "This server does not know the name by which it was reached. Please check the address. Whoever runs the "
          + "server can set public_url to the address people use, or add the name to allowed_hosts.",
        code: "bad_host")
    case .origin:
      .problem(
        status: 403, title: "Forbidden",
        detail:
          "Not from this origin. If this is the right address, whoever runs the server should set public_url to it, "
          + "and trusted_proxies to the proxy before it; its log says more.",
        code: "bad_origin")
    case .unencrypted:
      .problem(
        status: 403, title: "Forbidden",
        detail:
          "This port is for the proxy that encrypts. Please use the https address. Whoever runs the server sets the "
          + "proxy's address with trusted_proxies.",
        code: "not_encrypted")
    }
  }

  var event: (kind: EventLimiter.Kind, reason: GatewayEvent.RequestRefusal) {
    switch self {
    case .host: (.refusedHost, .host)
    case .origin: (.refusedOrigin, .origin)
    case .unencrypted: (.refusedUnencrypted, .unencrypted)
    }
  }
}

extension HTTPResponse {
  /// For a ticket that is used, expired, or for something else.
  static var badTicket: HTTPResponse {
    .problem(
      status: 401, title: "Link used up",
      detail: "This link was good once, for a moment. Please open it again from the page where it was.",
      code: "bad_ticket")
  }

  /// For the path of `public_url` without its trailing slash.
  static func redirect(to path: String) -> HTTPResponse {
    HTTPResponse(status: 308, headers: [("Location", path)])
  }
}

/// A header's text for a log: short, and without anything that would break its line.
func forLog(_ text: String?) -> String {
  let cut = (text ?? "").unicodeScalars.prefix(120).filter { $0.value > 0x20 && $0.value < 0x7f }
  return String(String.UnicodeScalarView(cut))
}
