import ExamStore
import Foundation

/// A certificate for trials, made by the `openssl` program and kept in the data folder. Browsers warn of it once.
struct SelfSignedCertificate: Sendable {
  let certificate: String
  let privateKey: String

  /// Well before the year for which it is good is over, in seconds.
  private static let renewAfter = 300.0 * 24 * 3600

  struct CreationError: Error, CustomStringConvertible {
    let description: String
  }

  /// Uses the certificate in `folder`, or makes one for `host` that is good for a year.
  init(host: String, data: DataFolder) throws {
    let folder = data.path
    let name = String(host.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    certificate = folder + "/self-signed-\(name)-certificate.pem"
    privateKey = folder + "/self-signed-\(name)-key.pem"
    let files = FileManager.default
    let madeAt = try? files.attributesOfItem(atPath: certificate)[.modificationDate] as? Date
    if let madeAt, -madeAt.timeIntervalSinceNow < Self.renewAfter, files.fileExists(atPath: privateKey) {
      return
    }

    let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments = [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "365",
      "-subj", "/CN=ExamMonitoring", "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1,\(isAddress ? "IP" : "DNS"):\(host)", "-keyout", privateKey,
      "-out",
      certificate,
    ]
    let errors = Pipe()
    openssl.standardError = errors
    do {
      try openssl.run()
    } catch {
      throw CreationError(
        description: "--self-signed needs the openssl program: \(error.localizedDescription)")
    }
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0 else {
      throw CreationError(description: "openssl could not make a certificate in \(folder): \(words)")
    }
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: privateKey)
  }
}
