import ExamModel
import ExamStore
import FaceCheck
import Foundation
import GLibRuntime
import Logging
import MediaPipeline
import WebGateway

/// The whole server: what it needs is proved first, then it listens, until it is told to stop.
public struct ExamService: Sendable {
  private let configuration: ServerConfiguration
  private let log: LogFile
  private let console = Console()
  private let logger: Logger

  /// - Throws: when the data folder or its log cannot be written, or a certificate cannot be made.
  public init(configuration: ServerConfiguration) throws {
    var configuration = configuration
    let data = try DataFolder(preparing: configuration.dataFolder)
    let log = try LogFile(path: data.log)
    self.log = log
    if configuration.selfSigned {
      let made = try SelfSignedCertificate(host: configuration.host, data: data)
      configuration.certificate = made.certificate
      configuration.privateKey = made.privateKey
    }
    self.configuration = configuration
    let console = console
    logger = Logger(label: "exam-monitoring") { _ in ServerLogHandler(file: log, console: console) }
  }

  /// Serves until `SIGINT` or `SIGTERM`. `SIGHUP` reads the certificate and the pipeline files anew and reopens the log.
  ///
  /// - Parameter onReady: called with the address once the server listens.
  public func run(onReady: @Sendable (String) -> Void) async throws {
    tuneAllocator()
    let (services, server, directory) = try await start()
    let address = try await listen(server)
    logger.info("ready", metadata: ["address": "\(address)"])
    onReady(address)
    let sweeping = Task { await sweepSessions(directory, services) }
    defer { sweeping.cancel() }

    for await signal in ProcessSignals([SIGINT, SIGTERM, SIGHUP]).stream {
      if signal == SIGHUP {
        await reload(services, server)
      } else {
        logger.info("stopping", metadata: ["signal": "\(signal)"])
        break
      }
    }
    await stop(server, directory, services)
    logger.info("stopped")
    console.flush()
  }

  // MARK: Start and stop

  private func start() async throws -> (ExamServices, WebServer, any SessionDirectory) {
    let pipelines = try PipelineCatalog(folder: configuration.pipelinesFolder)
    try await pipelines.check()
    var checks = FaceCheckConfiguration()
    checks.checksPerSecond = configuration.checksPerSecond
    if configuration.checkWorkers > 0 { checks.workers = configuration.checkWorkers }
    let faces = try FaceCheckPool(
      models: FaceModels(folder: configuration.modelsFolder), configuration: checks)
    let services = ExamServices(
      configuration: configuration, pipelines: pipelines, faces: faces,
      journal: LoggingJournal(journal: MemoryJournal(), logger: logger), metrics: ServerMetrics())
    let (server, directory) = try await makeServer(services)
    return (services, server, directory)
  }

  @GatewayActor
  private func makeServer(_ services: ExamServices) throws -> (WebServer, any SessionDirectory) {
    var gateway = GatewayConfiguration(host: configuration.host, port: UInt16(configuration.port))
    if let certificate = configuration.certificate, let key = configuration.privateKey {
      gateway.tls = .init(certificate: certificate, key: key)
    }
    gateway.allowedOrigins = Set(configuration.allowedOrigins)
    let logger = logger
    let server = try WebServer(configuration: gateway) { event in
      switch event {
      case .request: logger.debug("\(event)")
      default: logger.info("\(event)")
      }
    }
    let directory = LocalSessionDirectory(maximumSessions: configuration.maximumSessions)
    let access = Access(directory: directory)
    SessionRoutes(services: services, directory: directory, access: access).register(on: server)
    PictureRoutes(access: access).register(on: server)
    PreviewRoute(services: services, access: access).register(on: server)
    OperationsRoutes(services: services, directory: directory, server: server).register()
    server.serveFiles(
      from: configuration.webFolder,
      pages: ["/": "index.html", "/teacher": "teacher.html", "/student": "student.html"])
    return (server, directory)
  }

  @GatewayActor
  private func listen(_ server: WebServer) throws -> String {
    let bound = try server.start()
    let scheme = configuration.certificate == nil ? "http" : "https"
    let host = bound.host.contains(":") ? "[\(bound.host)]" : bound.host
    return "\(scheme)://\(host):\(bound.port)"
  }

  @GatewayActor
  private func stop(_ server: WebServer, _ directory: any SessionDirectory, _ services: ExamServices) async {
    await server.stop()
    for session in directory.live {
      directory.remove(session.code)
      await session.end(by: "server")
    }
    services.faces.shutdown()
  }

  /// For how long a session's teachers can read its journal after its end.
  private static let journalAfterEnd = Duration.seconds(3600)

  /// Ends idle sessions and lets go of what is kept of ended ones, every minute, until cancelled.
  @GatewayActor
  private func sweepSessions(_ directory: any SessionDirectory, _ services: ExamServices) async {
    let limit = Duration.seconds(configuration.sessionIdleHours * 3600)
    while (try? await Task.sleep(for: .seconds(60))) != nil {
      for session in directory.live where session.idleTime(at: .now) > limit {
        directory.remove(session.code)
        await session.end(by: "server, nobody was connected")
      }
      for code in directory.forgetEnded(before: .now - Self.journalAfterEnd) { services.journal.forget(code) }
    }
  }

  private func reload(_ services: ExamServices, _ server: WebServer) async {
    if configuration.certificate != nil {
      do {
        try await server.reloadCertificate()
        logger.info("certificate read anew")
      } catch {
        logger.error("the certificate stays as it was", metadata: ["cause": "\(error)"])
      }
    }
    do {
      try await services.pipelines.reloadAndCheck()
      logger.info("pipelines read anew; students who join from now on use them")
    } catch {
      logger.error("the pipelines stay as they were", metadata: ["cause": "\(error)"])
    }
    do {
      try log.reopen()
    } catch {
      logger.error("the log goes on in the old file", metadata: ["cause": "\(error)"])
    }
  }
}
