/// What a trusted proxy reports about the client behind it.
public enum ForwardedHeader: String, Sendable, CaseIterable {
  /// `X-Forwarded-For` and `X-Forwarded-Proto`.
  case xForwardedFor = "x-forwarded-for"
  /// `Forwarded` (RFC 7239).
  case forwarded

  /// The client's address and scheme.
  struct Sender: Equatable {
    /// Nil if the header says nothing trustworthy.
    var address: IPAddress?
    /// `http` or `https`.
    var scheme: String?
  }

  /// Reads the header from the right, where the nearest proxy writes: the first address that is not a trusted proxy is
  /// the client's. Anybody may have made up what is left of it. An entry that is not an address ends the search; the
  /// last good one counts.
  func sender(_ headers: [String: String], isTrusted: (IPAddress) -> Bool) -> Sender {
    var sender = Sender()
    switch self {
    case .xForwardedFor:
      // A single value, from the nearest proxy. If proxies append, it is the last.
      sender.scheme = Self.scheme(headers["x-forwarded-proto"]?.split(separator: ",").last)
      for entry in Self.reversedItems(headers["x-forwarded-for"], separator: ",") {
        guard let address = Self.address(entry) else { break }
        sender.address = address
        if !isTrusted(address) { break }
      }
    case .forwarded:
      for element in Self.reversedItems(headers["forwarded"], separator: ",") {
        let pairs = Self.pairs(element)
        guard let address = pairs["for"].flatMap({ Self.address($0[...]) }) else { break }
        sender.address = address
        sender.scheme = Self.scheme(pairs["proto"]?[...])
        if !isTrusted(address) { break }
      }
    }
    return sender
  }

  private static func scheme(_ text: Substring?) -> String? {
    let scheme = text?.trimmed.lowercased()
    return scheme == "http" || scheme == "https" ? scheme : nil
  }

  /// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`.
  private static func address(_ entry: Substring) -> IPAddress? {
    let text = entry.trimmed
    if let address = IPAddress(text) { return address }
    guard let (host, _) = WebOrigin.split(String(text)) else { return nil }
    return IPAddress(host)
  }

  /// Parts from the right, split outside of quotes.
  private static func reversedItems(_ header: String?, separator: Character) -> [Substring] {
    guard let header else { return [] }
    var items: [Substring] = []
    var start = header.startIndex
    var isQuoted = false
    for index in header.indices {
      if header[index] == "\"" { isQuoted.toggle() }
      if header[index] == separator, !isQuoted {
        items.append(header[start..<index])
        start = header.index(after: index)
      }
    }
    // After an unclosed quote nothing here can be trusted to be what it seems.
    if isQuoted { return [] }
    items.append(header[start...])
    return items.reversed()
  }

  /// `for=192.0.2.1;proto=https` by lower-case name, without quotes. A name given twice is left out.
  private static func pairs(_ element: Substring) -> [String: String] {
    var pairs: [String: String] = [:]
    var repeated: Set<String> = []
    for item in reversedItems(String(element), separator: ";") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let name = parts[0].trimmed.lowercased()
      var value = parts[1].trimmed
      if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      if pairs.updateValue(String(value), forKey: name) != nil { repeated.insert(name) }
    }
    return pairs.filter { !repeated.contains($0.key) }
  }
}
