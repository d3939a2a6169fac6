/// A request method by its case-sensitive name on the wire.
public struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
  public let name: String
  public init(_ name: String) { self.name = name }

  public static let get = HTTPMethod("GET")
  public static let head = HTTPMethod("HEAD")
  public static let post = HTTPMethod("POST")
  public static let put = HTTPMethod("PUT")
  public static let delete = HTTPMethod("DELETE")

  /// Whether a request may change something; it must then not succeed from a page of another site.
  var changes: Bool { self != .get && self != .head }

  public var description: String { name }
}
