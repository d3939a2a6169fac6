import Foundation
import GLibRuntime
import Testing

@testable import WebGateway

extension GatewayServerTests {
  @Suite struct CertificateTests {
    private typealias Certificate = TLSTests.Certificate

    /// Runs a command in the certificate's folder, which must succeed.
    private func run(_ command: String, in certificate: Certificate) throws {
      let done = try Certificate.run("cd \(certificate.folder.path) && \(command)")
      try #require(done.status == 0, "\(command)")
    }

    /// One that begins and ends so many days from now.
    private func make(_ certificate: Certificate, from first: Int, until last: Int) throws {
      func day(_ days: Int) -> String {
        let formatter = DateFormatter()
        formatter.timeZone = .gmt
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMddHHmmss'Z'"
        return formatter.string(from: Date(timeIntervalSinceNow: Double(days) * 86_400 + 3600))
      }
      // `openssl ca` is the only command of this version that accepts a start date.
      let configuration = """
        [ca]
        default_ca = one
        [one]
        dir = .
        database = index.txt
        new_certs_dir = .
        serial = serial
        default_md = sha256
        policy = any
        [any]
        commonName = supplied
        """
      try Data(configuration.utf8).write(to: certificate.folder.appending(path: "ca.cnf"))
      try run(
        "rm -f index.txt* serial*; touch index.txt; echo 01 > serial; "
          + "openssl req -new -key key.pem -subj /CN=timed -out timed.csr 2>/dev/null && "
          + "openssl ca -batch -notext -config ca.cnf -selfsign -keyfile key.pem -in timed.csr "
          + "-startdate \(day(first)) -enddate \(day(last)) -out cert.pem 2>/dev/null", in: certificate)
    }

    private func problem(_ files: GatewayConfiguration.TLSFiles) throws -> String {
      do {
        _ = try ServerCertificate(files)
        return "none"
      } catch {
        return error.description
      }
    }

    @Test func whatBelongsTogetherIsTaken() throws {
      let certificate = try Certificate()
      defer { certificate.remove() }
      #expect(try problem(certificate.files) == "none")
      try run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=rsa -keyout key.pem -out cert.pem 2>/dev/null",
        in: certificate)
      #expect(try problem(certificate.files) == "none")
      #expect(try ServerCertificate(certificate.files).secondsLeft > 59 * 86_400)
    }

    @Test(arguments: [
      "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem 2>/dev/null",
      "openssl genpkey -algorithm RSA -out key.pem 2>/dev/null",
      // The chain in the wrong order: an authority before the server's own certificate.
      "openssl req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=ca -keyout other.pem -out ca.pem 2>/dev/null && "
        + "cat ca.pem cert.pem > both.pem && mv both.pem cert.pem",
    ])
    func aKeyOfAnotherIsRefused(command: String) throws {
      let certificate = try Certificate()
      defer { certificate.remove() }
      try run(command, in: certificate)
      let problem = try problem(certificate.files)
      #expect(problem.contains("does not belong") && problem.contains(certificate.files.key), "\(problem)")
    }

    @Test func outsideOfItsTimeItIsRefused() throws {
      let certificate = try Certificate()
      defer { certificate.remove() }
      try make(certificate, from: -20, until: -1)
      var problem = try problem(certificate.files)
      #expect(
        problem.contains("has expired") && problem.contains(certificate.files.certificate), "\(problem)")
      try make(certificate, from: 2, until: 20)
      problem = try self.problem(certificate.files)
      #expect(problem.contains("not valid before"), "\(problem)")
      // An expired one after the server's own does the same damage.
      try run("mv cert.pem later.pem", in: certificate)
      try make(certificate, from: -20, until: -1)
      try run("cp cert.pem old.pem", in: certificate)
      try make(certificate, from: -20, until: 60)
      try run("cat cert.pem old.pem > both.pem && mv both.pem cert.pem", in: certificate)
      #expect(try self.problem(certificate.files).contains("has expired"))
      // So does one that will expire: there is a warning about the first to end.
      try make(certificate, from: -20, until: 10)
      try run("cp cert.pem old.pem", in: certificate)
      try make(certificate, from: -20, until: 60)
      try run("cat cert.pem old.pem > both.pem && mv both.pem cert.pem", in: certificate)
      #expect((9 * 86_400...11 * 86_400).contains(try ServerCertificate(certificate.files).secondsLeft))
    }

    @Test func atAReloadTheOldOneStays() async throws {
      let certificate = try Certificate()
      defer { certificate.remove() }
      try await TestServer.run(
        configure: { $0.tls = certificate.files },
        routes: { server in server.route(.get, "/") { _ in .text("on") } }
      ) { test in
        try run("openssl genpkey -algorithm RSA -out key.pem 2>/dev/null", in: certificate)
        await #expect(throws: CertificateProblem.self) { try await test.server.reloadCertificate() }
        let answer = try Certificate.run("curl -s -m 5 -k https://localhost:\(test.port)/").output
        #expect(answer == "on")
        try certificate.make(name: "second")
        try await test.server.reloadCertificate()
      }
    }

    @Test func theLastMonthIsWarnedOfDayByDay() async throws {
      let certificate = try Certificate()
      defer { certificate.remove() }
      try make(certificate, from: -1, until: 29)
      func warnings(_ test: TestServer) -> Int {
        test.events.all.count { $0 == .certificateEnds(file: certificate.files.certificate, days: 29) }
      }
      try await TestServer.run(
        configure: {
          $0.tls = certificate.files
          $0.certificateWarningInterval = 0.2
        }, routes: { _ in }
      ) { test in
        try await eventually("again and again") { warnings(test) >= 3 }
        #expect(test.events.all.contains { $0.description.contains("ends in 29 days; put a new one") })
        for days in [40, 10] {
          try make(certificate, from: -1, until: days)
          try await test.server.reloadCertificate()
        }
        func isWarned(_ days: Int) -> Bool {
          test.events.all.contains(.certificateEnds(file: certificate.files.certificate, days: days))
        }
        try await eventually("of the new one") { isWarned(10) }
        #expect(!isWarned(40))
      }
    }
  }
}
