/// The address people type: `https://school.example/exam/`.
public struct PublicURL: Sendable, Hashable, CustomStringConvertible {
  public let origin: WebOrigin
  /// Segments of the path under which the server is found; none for the root.
  let segments: [String]

  /// First segments of the server's own paths. A prefix that equals one could not be told from the path itself.
  private static let ownSegments: Set<String> = [
    "api", "healthz", "readyz", "metrics", "teacher", "student", "shared", "landing", "library", "text",
  ]

  /// Why a text is not such an address.
  public struct Malformed: Error, CustomStringConvertible {
    public let description: String
  }

  public init(_ text: String) throws(Malformed) {
    func malformed(_ problem: String) -> Malformed { Malformed(description: problem) }
    guard let mark = text.firstRange(of: "://") else {
      throw malformed("must begin with https:// (or http://, for a trial)")
    }
    let rest = text[mark.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    guard
      let origin = WebOrigin(
        scheme: text[..<mark.lowerBound].lowercased(), authority: String(rest[..<slash]))
    else { throw malformed("is not http or https with a host, such as https://school.example") }
    let path = rest[slash...]
    guard !path.contains("?"), !path.contains("#") else { throw malformed("has a ? or # in it") }
    let allowed = path.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "-._~/".utf8.contains(byte)
    }
    guard allowed else { throw malformed("its path may have letters, digits, - . _ ~ and / only") }
    let segments = path.split(separator: "/").map(String.init)
    guard !segments.contains(where: { $0 == "." || $0 == ".." }) else { throw malformed("has . or .. in it") }
    if let first = segments.first, Self.ownSegments.contains(first) {
      throw malformed("its path must not begin with /\(first), which is a path of the server itself")
    }
    self.origin = origin
    self.segments = segments
  }

  /// With a slash at both ends: `/` or `/exam/`. Also the `Path` of cookies.
  public var path: String { segments.isEmpty ? "/" : "/" + segments.joined(separator: "/") + "/" }

  /// Ends in a slash.
  public var description: String { "\(origin)\(path)" }

  /// The path after the prefix; unchanged if a proxy has removed the prefix already.
  func strippingPrefix(_ path: [String]) -> [String] {
    path.starts(with: segments) ? Array(path.dropFirst(segments.count)) : path
  }

  /// Whether the path is the prefix without its trailing slash, so that a page's relative addresses would be wrong.
  func needsSlash(_ path: [String]) -> Bool { !segments.isEmpty && path == segments }
}
