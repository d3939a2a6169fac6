/// The answers to requests that are not meant for this server. Each says what its operator can do; the log says the
/// same, with the refused names.
extension SiteAddress.Refusal {
  var problem: GatewayProblem {
    switch self {
    case .host: .badHost
    case .origin: .badOrigin
    case .unencrypted: .notEncrypted
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
  static func redirect(to address: String, status: Int) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Location", address)])
  }
}

/// A header's text for a log: short, and without anything that would break its line.
func forLog(_ text: String?) -> String {
  let cut = (text ?? "").unicodeScalars.prefix(120).filter { $0.value > 0x20 && $0.value < 0x7f }
  return String(String.UnicodeScalarView(cut))
}
