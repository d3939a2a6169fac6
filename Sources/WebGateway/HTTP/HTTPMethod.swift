/// A request method by its name on the wire, which is case-sensitive.
public struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
  public let name: String
  public init(_ name: String) { self.name = name }

  public static let get = HTTPMethod("GET")
  public static let head = HTTPMethod("HEAD")
  public static let post = HTTPMethod("POST")
  public static let put = HTTPMethod("PUT")
  public static let patch = HTTPMethod("PATCH")
  public static let delete = HTTPMethod("DELETE")

  /// Whether a request may change something; of a page of another site it must not succeed.
  var changes: Bool { self != .get && self != .head }

  public var description: String { name }
}
