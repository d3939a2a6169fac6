import CSoup
import CTLSStream
import GLibRuntime

/// A certificate chain and its key, ready for handshakes. Any thread may use it.
final class TLSCredentials: @unchecked Sendable {  // reference counted atomically and never changed
  let pointer: OpaquePointer

  /// - Parameter certificate: a `GTlsCertificate` with its key.
  /// - Throws: `GLibError` if they do not belong together, or GnuTLS cannot use them.
  init(_ certificate: GObjectReference) throws {
    pointer = try withGLibError { exam_tls_credentials_new(certificate.cast(), &$0) }!
  }

  deinit { exam_tls_credentials_unref(pointer) }
}
