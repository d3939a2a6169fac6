import ExamModel
import ExamStore
import FaceCheck
import Foundation
import GLibRuntime
import Logging
import MediaPipeline
import WebGateway

/// The whole server: its prerequisites are checked first, then it serves until it is told to stop.
public struct ExamService: Sendable {
  private let sources: SettingSources
  /// As at the start; `CurrentSettings` has what is read anew.
  private let configuration: ServerConfiguration
  private let data: DataFolder
  private let log: LogFile
  private let console = LineWriter.standardError()
  private let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
  private let logger: Logger

  /// - Throws: `InvalidSettings`; or if the data folder or its log cannot be written, or a certificate cannot be created.
  public init(settings: SettingSources) throws {
    sources = settings
    var configuration = try settings.load()
    let data = try DataFolder(preparing: configuration.dataFolder)
    self.data = data
    let log = try LogFile(
      path: data.log, maximumBytes: Int(configuration.maximumLogMegabytes * 1_000_000),
      oldFiles: configuration.oldLogs)
    self.log = log
    if configuration.selfSigned {
      let made = try SelfSignedCertificate(for: configuration, data: data)
      configuration.certificate = made.certificate
      configuration.privateKey = made.privateKey
    }
    self.configuration = configuration
    let console = console
    logger = Logger(label: "exam-monitoring") { _ in ServerLogHandler(file: log, console: console) }
  }

  /// Serves until `SIGINT` or `SIGTERM`. `SIGHUP` reloads the settings, the certificate and the pipeline files and
  /// reopens the log.
  ///
  /// - Parameter onReady: called with the address once the server is listening.
  public func run(onReady: @Sendable (String) -> Void) async throws {
    // Also if it cannot start: the lines so far say why.
    defer { flush() }
    Heap.tune()
    // Exceeding a limit on file size is like a full disk to the server, and must not end it.
    signal(SIGXFSZ, SIG_IGN)
    if geteuid() == 0 {
      logger.warning(
        "running as root",
        metadata: [
          "advice":
            "what gets the better of the server has the whole machine: run it as a user of its own, who can write the data folder alone"
        ])
    }
    // Before anybody is told that the server is ready: a signal that comes right after that must not be missed.
    let signals = await ProcessSignals([SIGINT, SIGTERM, SIGHUP])
    let (services, store, server, directory, clocks) = try await start()
    let address = try await listen(server)
    logger.info("ready", metadata: ["address": "\(address)"])
    onReady(address)
    manager?.tell("READY=1", "STATUS=serving on \(address)")
    let keeping = StoreKeeper(services: services, directory: directory, clocks: clocks)
    let tasks = [
      Task { await keeping.noteAlive() }, Task { await keeping.endIdleSessions() },
      Task { await keeping.sweep() }, Task { await services.pacer.run() },
      Task { await tellManager(directory) },
    ]

    // One after the other, beside this loop: what hangs in it must not keep the server from stopping.
    var reloading: Task<Void, Never>?
    for await signal in signals.stream {
      if signal == SIGHUP {
        reloading = Task { [reloading] in
          await reloading?.value
          manager?.tellReloading()
          await reload(services, server)
          manager?.tell("READY=1")
        }
      } else {
        logger.info("stopping", metadata: ["signal": "\(signal)"])
        manager?.tell("STOPPING=1")
        break
      }
    }
    for task in tasks { task.cancel() }
    let isWhole = await stop(server, directory, services, store)
    logger.info("stopped")
    // Exiting normally would destroy objects that hung threads still use.
    if !isWhole {
      flush()
      _exit(0)
    }
  }

  /// Tells the service manager that the server is well, from the thread that serves everybody: if that hangs, nothing is said,
  /// and the manager starts the server anew. Until cancelled.
  @GatewayActor
  private func tellManager(_ directory: SessionDirectory) async {
    guard let manager else { return }
    // Twice as often as it is wanted, as sd_watchdog_enabled(3) advises.
    let pause = manager.watchdogInterval.map { min($0 / 2, Self.statusInterval) } ?? Self.statusInterval
    while (try? await Task.sleep(for: pause)) != nil {
      let exams = directory.live
      let people = exams.reduce(into: (students: 0, teachers: 0)) { people, exam in
        people.students += exam.students.values.count(where: \.isConnected)
        people.teachers += exam.teachers.count
      }
      manager.tell(
        "WATCHDOG=1",
        "STATUS=exams: \(exams.count), connected students: \(people.students), teachers: \(people.teachers)")
    }
  }

  private static let statusInterval = Duration.seconds(10)

  /// Waits until everything logged so far is written, or for half a second: a disk or a terminal may hang.
  private func flush() {
    let end = Instant.now + .milliseconds(500)
    log.flush(within: .milliseconds(400))
    console.flush(within: end - .now)
  }

  // MARK: Start and stop

  private func start() async throws -> (
    ExamServices, SQLiteStore, WebServer, SessionDirectory, ClockKeeper
  ) {
    let logger = logger
    let pages = try WebFolder.read(configuration.webFolder) { logger.warning("\($0)") }
    let look = try WebFolder.reportLook(configuration.webFolder)
    try await PipelineCheck.require(folder: configuration.pipelinesFolder)
    let pipelines = try PipelineCatalog(folder: configuration.pipelinesFolder)
    var checks = FaceCheckConfiguration()
    checks.checksPerSecond = configuration.checksPerSecond
    if configuration.checkWorkers > 0 { checks.workers = configuration.checkWorkers }
    var models = try FaceModels(folder: configuration.modelsFolder)
    try ModelCheck.require(&models, configuration) { model, reason in
      logger.info(
        "face model",
        metadata: ["file": "\(model.onnx)", "inference": "\(model.inference)", "reason": "\(reason)"])
    }
    let faces = try FaceCheckPool(models: models, configuration: checks)
    let quota = PictureQuota(
      exam: .init(
        pictures: configuration.maximumExamPictures,
        bytes: Int(configuration.maximumExamPictureMegabytes * 1_000_000)),
      all: .init(
        pictures: configuration.maximumPictures,
        bytes: Int(configuration.maximumPictureMegabytes * 1_000_000)))
    let store = try SQLiteStore(folder: data, isFresh: configuration.freshDatabase, pictures: quota) {
      logger.warning("\($0)")
    }
    let devices = try DeviceCookie(data: data, path: configuration.publicURL?.path ?? "/")
    let services = ExamServices(
      settings: CurrentSettings(configuration), pipelines: pipelines, faces: faces,
      pacer: AnalysisPacer(faces, logger: logger), store: store,
      recorder: EventRecorder(journal: store, logger: logger), metrics: CountedMetrics(),
      guesses: await GuessBudgets(devices: devices) { logger.warning("\($0)") })
    let (server, directory) = try await makeServer(services, pages, look)
    let clocks = try await ClockKeeper(services: services)
    try await StoreKeeper(services: services, directory: directory, clocks: clocks).restoreSessions()
    return (services, store, server, directory, clocks)
  }

  @GatewayActor
  private func makeServer(
    _ services: ExamServices, _ pages: PageFolder, _ look: ReportLook
  ) throws -> (WebServer, SessionDirectory) {
    var gateway = GatewayConfiguration(host: configuration.host, port: UInt16(configuration.port))
    if let certificate = configuration.certificate, let key = configuration.privateKey {
      gateway.tls = .init(certificate: certificate, key: key, isTrial: configuration.selfSigned)
    }
    gateway.publicURL = configuration.publicURL
    gateway.allowedHosts = Set(configuration.allowedHosts)
    gateway.allowedOrigins = Set(configuration.allowedOrigins)
    gateway.trustedProxies = configuration.trustedProxies
    gateway.forwardedHeader = configuration.forwardedHeader
    let logger = logger
    let server = try WebServer(configuration: gateway) { event in
      switch event {
      case .request: logger.debug("\(event)")
      case .requestsRefused, .certificateEnds: logger.warning("\(event)")
      default: logger.info("\(event)")
      }
    }
    let directory = SessionDirectory(settings: services.settings)
    let archive = NotedArchive(services.store) { logger.error("\($0)") }
    let admission = Admission(
      directory: directory, archive: archive, guesses: services.guesses, settings: services.settings)
    SessionRoutes(services: services, directory: directory, admission: admission).register(on: server)
    PictureRoutes(admission: admission).register(on: server)
    PreviewRoute(services: services, admission: admission).register(on: server)
    let answers = LongAnswers()
    DataRoutes(
      services: services, archive: archive, directory: directory, admission: admission, answers: answers
    ).register(on: server)
    ReportRoutes(archive: archive, admission: admission, answers: answers, look: look) {
      logger.warning("\($0)")
    }.register(on: server)
    TicketRoutes(admission: admission).register(on: server)
    AlertKindsRoute(settings: services.settings, words: look.words).register(on: server)
    OperationsRoutes(services: services, directory: directory).register(on: server)
    server.serveFiles(from: pages, pages: WebFolder.pages)
    return (server, directory)
  }

  @GatewayActor
  private func listen(_ server: WebServer) throws -> String {
    let bound: BoundAddress
    do {
      bound = try server.start()
    } catch let problem as ListenProblem {
      throw ServerConfiguration.InvalidSetting(problem)
    }
    let scheme = configuration.certificate == nil ? "http" : "https"
    let host = bound.host.contains(":") ? "[\(bound.host)]" : bound.host
    return "\(scheme)://\(host):\(bound.port)"
  }

  /// How long stopping may take, however many sessions there are and whatever hangs in them; with what is left to be
  /// written it is five seconds.
  private static let patience = Duration.milliseconds(4500)
  /// How long reads of the archive in progress may continue. Those still unfinished are told so, and have time to receive it.
  private static let patienceWithReaders = Duration.seconds(3)

  /// - Returns: whether everything ended in time.
  @GatewayActor
  private func stop(
    _ server: WebServer, _ directory: SessionDirectory, _ services: ExamServices, _ store: SQLiteStore
  ) async -> Bool {
    // Everybody in every session is told before anything else is waited for. Sessions stay in the directory: a request
    // for one must not be answered in the meantime that it has ended.
    let endings = directory.live.map { $0.suspend() }
    let ended = directory.ending
    services.guesses.stop()
    store.turnAwayNewcomers()
    let isWhole = await Patience.wait(Self.patience) {
      let readers = Task.detached {
        try await Task.sleep(for: Self.patienceWithReaders)
        store.turnAwayEverybody()
      }
      await withTaskGroup { group in
        for ending in endings { group.addTask { await ending() } }
        for session in ended { group.addTask { await session.commands.settle() } }
        group.addTask { await server.stop(within: 4) }
      }
      readers.cancel()
      services.faces.shutdown()
      return store.close()
    }
    if !isWhole {
      logger.warning(
        "not everything ended in time", metadata: ["seconds": "\(Self.patience.inSeconds)"])
    }
    return isWhole
  }

  private func reload(_ services: ExamServices, _ server: WebServer) async {
    reloadSettings(services.settings)
    if configuration.certificate != nil {
      do {
        try await server.reloadCertificate()
        logger.info("certificate read anew")
      } catch {
        logger.error("the certificate stays as it was", metadata: ["cause": "\(error)"])
      }
    }
    do {
      try await PipelineCheck.require(folder: configuration.pipelinesFolder)
      try services.pipelines.reload()
      logger.info("pipelines read anew; students who join from now on use them")
    } catch {
      logger.error("the pipelines stay as they were", metadata: ["cause": "\(error)"])
    }
    log.reopen()
  }

  private func reloadSettings(_ settings: CurrentSettings) {
    do {
      let changes = try settings.adopt(sources.load())
      if !changes.adopted.isEmpty {
        logger.info("settings read anew", metadata: ["changed": "\(changes.adopted.joined(separator: " "))"])
      }
      if !changes.waiting.isEmpty {
        logger.warning(
          "these settings have changed and take effect when the server is started again",
          metadata: ["settings": "\(changes.waiting.joined(separator: " "))"])
      }
    } catch {
      logger.error("the settings stay as they were", metadata: ["cause": "\(error)"])
    }
  }
}
