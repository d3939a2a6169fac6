/// A route's path, such as `/api/sessions/:code/events`: matched segment by segment, as a whole.
struct PathPattern {
  private let segments: [Substring]

  init(_ pattern: String) {
    precondition(pattern.hasPrefix("/"), "a route's pattern begins with /")
    segments = pattern.split(separator: "/")
  }

  /// What the parameters matched, or nil if the path does not match.
  func match(_ path: [String]) -> [String: String]? {
    guard path.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, text) in zip(segments, path) {
      if segment.first == ":" {
        guard !text.isEmpty else { return nil }
        parameters[String(segment.dropFirst())] = text
      } else if segment != text {
        return nil
      }
    }
    return parameters
  }
}
