import CSoup

/// Decodes the request target. Refuses what could mean one thing to a check and another to the code after it.
enum RequestTarget {
  /// The decoded segments of a percent-encoded path, or nil if a segment is `.` or `..`, is empty (except the last
  /// one), or contains `/`, a backslash, NUL, too many combining marks or invalid UTF-8.
  static func segments(ofPath path: String) -> [String]? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    if path == "/" { return [] }
    var segments: [String] = []
    let parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      guard let segment = decode(part) else { return nil }
      if segment.isEmpty && index != parts.count - 1 { return nil }
      if segment == "." || segment == ".." { return nil }
      if segment.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
        return nil
      }
      segments.append(segment)
    }
    return segments
  }

  /// The fields of a query such as `view=tile&fps=2`; fields that cannot be decoded are skipped. A plus is a plus: no
  /// field has spaces, and people type names such as Etc/GMT+5 into an address.
  static func fields(ofQuery query: String) -> [String: String] {
    var fields: [String: String] = [:]
    for field in query.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = field.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0]),
        let value = parts.count == 2 ? decode(parts[1]) : ""
      else { continue }
      fields[name] = value
    }
    return fields
  }

  /// Query fields whose values are not secret.
  private static let shown: Set<String> = ["code", "format", "fps", "problem", "time_zone", "view"]

  /// A path and query fit for a log: field values replaced unless known to be harmless, control characters removed,
  /// long ones cut.
  static func redacted(path: String, query: String?) -> String {
    var text = path
    if let query {
      // By bytes: a mark after a separator would form one character with it. No more than the log takes is examined.
      let seen = query.utf8.prefix(512)
      let fields = seen.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { field in
        let name = field.prefix { $0 != UInt8(ascii: "=") }
        guard name.count <= 32, let decoded = decode(name)?.lowercased() else { return "…" }
        let kept = shown.contains(decoded) ? field : name
        return String(decoding: kept, as: UTF8.self) + (shown.contains(decoded) ? "" : "=…")
      }
      text += "?" + fields.joined(separator: "&")
    }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(256).filter { $0.value >= 0x20 }))
  }

  /// Nil for what is not UTF-8, for an encoded NUL and for too many combining marks.
  private static func decode(_ text: Substring.UTF8View) -> String? {
    guard let decoded = g_uri_unescape_string(String(Substring(text)), nil) else { return nil }
    defer { g_free(decoded) }
    return String(validatingCString: decoded).flatMap { CombiningMarks.runTooLong(in: $0) ? nil : $0 }
  }
}
