import CSoup
import GLibRuntime
import Glibc

/// Why a certificate and its key cannot be used, and what to do.
public struct CertificateProblem: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// A certificate with its key that was tested: it can be read, is currently valid, and a client and a server with it
/// can agree on a connection.
struct ServerCertificate: Sendable {
  let credentials: TLSCredentials
  let file: String
  /// When the first certificate of the chain ends, in seconds since the Unix epoch.
  private let end: Int

  /// Reads the files. Takes some milliseconds of computing.
  init(_ files: GatewayConfiguration.TLSFiles) throws(CertificateProblem) {
    file = files.certificate
    let reference: GObjectReference
    do {
      reference = try GObjectReference(
        adopting: withGLibError { g_tls_certificate_new_from_files(files.certificate, files.key, &$0) }!)
    } catch {
      throw CertificateProblem(
        description:
          "the certificate \(files.certificate) and its private key \(files.key) cannot be read as PEM: "
          + "\(error.message)")
    }
    end = try Self.checkTime(reference, file: files.certificate)
    do {
      credentials = try TLSCredentials(reference)
      try TrialHandshake.run(credentials)
    } catch {
      throw CertificateProblem(
        description:
          "the private key \(files.key) does not belong to the certificate \(files.certificate), or they "
          + "cannot be used for TLS 1.2 or newer: a trial failed with \"\(error)\". The server's own "
          + "certificate must come first in its file")
    }
  }

  /// The same, off the caller's thread.
  @concurrent
  nonisolated static func read(
    _ files: GatewayConfiguration.TLSFiles
  ) async throws(CertificateProblem) -> ServerCertificate { try ServerCertificate(files) }

  /// Negative once it has ended.
  var secondsLeft: Double { Double(end) - Double(time(nil)) }

  /// - Returns: the earliest end of the chain's certificates.
  private static func checkTime(_ leaf: GObjectReference, file: String) throws(CertificateProblem) -> Int {
    var earliest = Int.max
    let now = Int(time(nil))
    var next: UnsafeMutablePointer<GTlsCertificate>? = leaf.cast()
    while let certificate = next {
      let name = subject(of: certificate)
      if let end = g_tls_certificate_get_not_valid_after(certificate) {
        defer { g_date_time_unref(end) }
        earliest = min(earliest, g_date_time_to_unix(end))
        guard g_date_time_to_unix(end) > now else {
          throw CertificateProblem(
            description:
              "the certificate \(file) has expired (\(name), on \(text(end))): browsers refuse it. "
              + "Put a new one in its place")
        }
      }
      if let begin = g_tls_certificate_get_not_valid_before(certificate) {
        defer { g_date_time_unref(begin) }
        guard g_date_time_to_unix(begin) <= now else {
          throw CertificateProblem(
            description:
              "the certificate \(file) is not valid before \(text(begin)) (\(name)). Wait until then, use "
              + "another one, or set this machine's clock right")
        }
      }
      next = g_tls_certificate_get_issuer(certificate)
    }
    return earliest
  }

  private static func subject(of certificate: UnsafeMutablePointer<GTlsCertificate>) -> String {
    guard let name = g_tls_certificate_get_subject_name(certificate) else { return "without a name" }
    defer { g_free(name) }
    return String(cString: name)
  }

  private static func text(_ time: OpaquePointer) -> String {
    guard let text = g_date_time_format_iso8601(time) else { return "" }
    defer { g_free(text) }
    return String(cString: text)
  }
}
