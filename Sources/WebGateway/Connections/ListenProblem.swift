import CSoup
import GLibRuntime

/// Why a server cannot listen on the configured address.
public struct ListenProblem: Error, CustomStringConvertible {
  public enum Cause: Sendable {
    /// The host is not a numeric address.
    case notNumeric
    /// Another socket is listening there.
    case inUse
    /// The port requires a privilege that this process does not have.
    case notPermitted
    case other(String)
  }

  public let cause: Cause
  public let host: String
  public let port: UInt16

  init(_ cause: Cause, host: String, port: UInt16) {
    self.cause = cause
    self.host = host
    self.port = port
  }

  init(_ error: GLibError, host: String, port: UInt16) {
    let isIO = error.domain == "g-io-error-quark"
    switch error.code {
    case Int(G_IO_ERROR_ADDRESS_IN_USE.rawValue) where isIO: self.init(.inUse, host: host, port: port)
    case Int(G_IO_ERROR_PERMISSION_DENIED.rawValue) where isIO:
      self.init(.notPermitted, host: host, port: port)
    default: self.init(.other(error.message), host: host, port: port)
    }
  }

  public var description: String {
    switch cause {
    case .notNumeric: "\(host) is not a numeric address"
    case .inUse: "\(host):\(port) is in use by another program"
    case .notPermitted: "this user may not listen on port \(port)"
    case .other(let message): message
    }
  }
}
