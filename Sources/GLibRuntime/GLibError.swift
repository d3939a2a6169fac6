import CGStreamer

/// A `GError` as a Swift value.
public struct GLibError: Error, Sendable, CustomStringConvertible {
  /// The error domain's name, such as `gst-parse-error-quark`.
  public let domain: String
  /// The code inside the domain.
  public let code: Int
  /// GLib's message.
  public let message: String

  public init(domain: String, code: Int, message: String) {
    self.domain = domain
    self.code = code
    self.message = message
  }

  /// Copies and frees `error`.
  public init(consuming error: UnsafeMutablePointer<GError>) {
    domain = String(cString: g_quark_to_string(error.pointee.domain))
    code = Int(error.pointee.code)
    message = String(cString: error.pointee.message)
    g_error_free(error)
  }

  public var description: String { message }
}

/// Calls a C function that reports through `GError **`, and throws the error if one is set, whatever else it returned.
public func withGLibError<Result>(
  _ body: (inout UnsafeMutablePointer<GError>?) -> Result
) throws(GLibError) -> Result {
  var error: UnsafeMutablePointer<GError>?
  let result = body(&error)
  if let error { throw GLibError(consuming: error) }
  return result
}
