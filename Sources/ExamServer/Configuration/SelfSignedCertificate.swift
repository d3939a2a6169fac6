import ExamStore
import Foundation
import WebGateway

/// A certificate for trials, made by the `openssl` program and kept in the data folder. Browsers warn about it once. It
/// is valid only for this server: importing it does not mean trusting an authority.
struct SelfSignedCertificate: Sendable {
  let certificate: String
  let privateKey: String

  /// Well before the end of the year for which it is valid, in seconds.
  private static let renewAfter = 300.0 * 24 * 3600

  struct CreationError: Error, CustomStringConvertible {
    let description: String
  }

  /// Uses the certificate in `data`, or creates one that is valid for a year.
  init(for configuration: ServerConfiguration, data: DataFolder) throws {
    let host = configuration.host
    let folder = data.path
    let name = String(host.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    certificate = folder + "/trial-\(name)-certificate.pem"
    privateKey = folder + "/trial-\(name)-key.pem"
    let files = FileManager.default
    // Those of earlier versions were authorities, whose keys must not be left lying about.
    for file in ["certificate", "key"] {
      try? files.removeItem(atPath: folder + "/self-signed-\(name)-\(file).pem")
    }
    let madeAt = try? files.attributesOfItem(atPath: certificate)[.modificationDate] as? Date
    if let madeAt, -madeAt.timeIntervalSinceNow < Self.renewAfter, files.fileExists(atPath: privateKey) {
      return
    }

    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments = [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "365",
      "-config", "/dev/stdin", "-keyout", privateKey, "-out", certificate,
    ]
    let words = Pipe()
    let errors = Pipe()
    openssl.standardInput = words
    openssl.standardError = errors
    do {
      try openssl.run()
    } catch {
      throw CreationError(
        description: "--self-signed needs the openssl program: \(error.localizedDescription)")
    }
    words.fileHandleForWriting.write(Data(Self.request(names: Self.names(configuration)).utf8))
    try words.fileHandleForWriting.close()
    let problem = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0 else {
      throw CreationError(description: "openssl could not make a certificate in \(folder): \(problem)")
    }
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: privateKey)
  }

  /// What people may have typed to get here.
  private static func names(_ configuration: ServerConfiguration) -> [String] {
    var names = ["localhost", "127.0.0.1", "::1", configuration.host, ProcessInfo.processInfo.hostName]
    names += configuration.allowedHosts
    if let host = configuration.publicURL?.origin.host { names.append(host) }
    return names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
  }

  /// The complete configuration of the request: openssl's own would make every self-signed certificate an authority.
  private static func request(names: [String]) -> String {
    let alternatives = names.map { name in
      let isAddress = name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." }
      return "\(isAddress ? "IP" : "DNS"):\(name)"
    }
    return """
      [req]
      distinguished_name = name
      x509_extensions = server
      prompt = no
      [name]
      CN = ExamMonitoring
      [server]
      basicConstraints = critical, CA:FALSE
      keyUsage = critical, digitalSignature
      extendedKeyUsage = serverAuth
      subjectKeyIdentifier = hash
      subjectAltName = \(alternatives.joined(separator: ", "))

      """
  }
}
