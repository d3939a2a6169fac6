import ExamModel
import MediaPipeline
import WebGateway

/// A student's stream on its way through a pipeline: created when the page says what it will send, replaced when it
/// sends something else, restarts its container, or the pipeline fails.
@GatewayActor
final class StudentUpload {
  /// Where the stream goes after the pipeline; called on its streaming thread.
  typealias Taps = @GatewayActor (_ failed: @escaping @Sendable (PipelineFailure) -> Void) -> MediaTaps?

  private enum State {
    /// There is no stream: none yet, or it was given up.
    case idle
    case starting
    case running(LivePipeline)
    /// One failed, or a container is restarted: the next pipeline starts at this instant.
    case due(Instant)
  }

  enum BeginError: Error {
    /// No pipeline file fits this media type.
    case unsupportedMedia(UnknownMediaError)
    case pipelineFailed(PipelineFileError)
    /// A later call took over.
    case superseded
  }

  /// What happens to a stream while nobody waits for an answer.
  enum Event {
    /// The pipeline failed; the next is being created.
    case failed(PipelineFailure)
    /// Data are accepted but yield no picture; the next pipeline is being created.
    case undecodable
    /// The pipeline never returned from a frame; the next is being created.
    case stuck
    /// The next pipeline could not be created; that is retried.
    case startFailed(PipelineFileError)
    /// After a failure the next pipeline is running: the page should restart its stream.
    case restarted
    /// Given up until the page sends hello again.
    case givenUp
    /// The container contains something without a pipeline file. Given up.
    case unsupportedMedia(UnknownMediaError)
  }

  /// How many bytes of a container may wait for the pipeline that is being created.
  private static let maximumHeldBytes = 1 << 20
  /// What would have to wait longer is dropped: it would be stale by then.
  private static let longestWait = Duration.milliseconds(1500)

  private let name: String
  private let pipelines: PipelineCatalog
  /// `nil` if nobody is left to receive anything.
  var taps: Taps = { _ in nil }
  var onEvent: @GatewayActor (Event) -> Void = { _ in }

  private var state = State.idle
  /// Counts requested pipelines, so that what an earlier one does is not attributed to the current one.
  private var generation = 0
  private(set) var media: String?
  private var template: PipelineTemplate?
  private var container: ContainerFollower?
  /// What arrived of a container from its beginning on, for the pipeline being created.
  private var held: (bytes: [UInt8], header: FrameHeader)?
  /// Nothing went into the pipeline yet.
  private var isFresh = true
  private var pace = RestartPace()
  private var watch = DecodeWatch()
  private var rates: [PictureView: Double] = [:]
  /// Maximum pictures per second for the face check.
  var analysisRate = AnalysisPace.usual {
    didSet {
      guard analysisRate != oldValue, case .running(let pipeline) = state else { return }
      pipeline.setAnalysisRate(analysisRate)
    }
  }

  init(name: String, pipelines: PipelineCatalog) {
    self.name = name
    self.pipelines = pipelines
  }

  /// Starts the pipeline for `media`, after the end of the previous one.
  ///
  /// Calls overlap wherever this waits: a page may send hello again, leave, or a pipeline fail meanwhile. Only the last
  /// call counts, so after each wait it first checks whether it is still the last one, and only then looks at the
  /// result. Otherwise a failed start would be reported for the newer one, which is fine.
  func begin(media: String) async throws(BeginError) {
    generation += 1
    let mine = generation
    await stopPipeline()
    guard mine == generation else { throw .superseded }
    let template: PipelineTemplate
    do {
      template = try pipelines.template(for: media)
    } catch {
      throw .unsupportedMedia(error)
    }
    self.media = media
    self.template = template
    container = template.follower
    pace.announced()
    // Repeated hellos get no more pipelines than repeated restarts of a container.
    state = .starting
    try? await Task.sleep(until: pace.next(at: .now), clock: .continuous)
    guard mine == generation else { throw .superseded }
    try await start(self.template ?? template, mine)
  }

  private func start(_ template: PipelineTemplate, _ mine: Int) async throws(BeginError) {
    state = .starting
    pace.started(at: .now)
    let taps = taps { [weak self] failure in
      Task { @GatewayActor in self?.pipelineFailed(failure, generation: mine) }
    }
    guard let taps else { throw .superseded }
    let start: Result<LivePipeline, PipelineFileError>
    do {
      start = .success(
        try await LivePipeline.start(template, name: name, analysisRate: analysisRate, taps: taps))
    } catch {
      start = .failure(error)
    }
    guard mine == generation else {
      if case .success(let pipeline) = start { await pipeline.stop() }
      throw .superseded
    }
    let pipeline: LivePipeline
    switch start {
    case .success(let started): pipeline = started
    case .failure(let error):
      state = .idle
      throw .pipelineFailed(error)
    }
    state = .running(pipeline)
    isFresh = true
    watch = DecodeWatch()
    for (view, rate) in rates { pipeline.setRate(rate, view: view) }
    if let failure = pipeline.failure { return pipelineFailed(failure, generation: mine) }
    // Meanwhile the container may have turned out to need another file.
    if self.template?.path != template.path { return startNext() }
    if let held {
      self.held = nil
      _ = held.bytes.withUnsafeBytes { feed($0, header: held.header) }
    }
  }

  func stop() async {
    generation += 1
    await stopPipeline()
  }

  private func stopPipeline() async {
    let old = state
    state = .idle
    held = nil
    if case .running(let pipeline) = old { await pipeline.stop() }
  }

  // MARK: Input

  /// Passes one frame, or piece of a container, to the pipeline.
  ///
  /// - Returns: `nil` if there is no pipeline for it.
  func push(_ payload: UnsafeRawBufferPointer, header: FrameHeader) -> IngestResult? {
    if case .idle = state { return nil }
    switch container?.take(payload) {
    case nil: return feed(payload, header: header)
    case .goesOn: return held == nil ? feed(payload, header: header) : hold(payload, header: header)
    case .kept: return .accepted
    case .lost: return nil
    case .begins(let bytes, let codec): return containerBegins(bytes, codec: codec, header: header)
    }
  }

  private func feed(_ payload: UnsafeRawBufferPointer, header: FrameHeader) -> IngestResult? {
    guard case .running(let pipeline) = state else { return nil }
    isFresh = false
    return pipeline.ingest.push(
      payload, capturedAt: header.capturedAt, isKeyFrame: header.isKeyFrame,
      temporalLayer: header.temporalLayer)
  }

  private func hold(_ payload: UnsafeRawBufferPointer, header: FrameHeader) -> IngestResult {
    guard let bytes = held?.bytes, bytes.count + payload.count <= Self.maximumHeldBytes else {
      forgetContainer()
      return .dropped
    }
    held?.bytes.append(contentsOf: payload)
    held?.header = header
    return .accepted
  }

  /// What comes before the next joint of the container is lost.
  private func forgetContainer() {
    held = nil
    container?.pipelineFailed()
  }

  /// The beginning of a container goes to a pipeline that has seen nothing else, from the file for its content.
  private func containerBegins(_ bytes: [UInt8], codec: String?, header: FrameHeader) -> IngestResult? {
    guard let media, let present = template else { return nil }
    let wanted: PipelineTemplate
    do {
      wanted =
        try codec.map { codec throws(UnknownMediaError) in
          try pipelines.template(for: media, containing: codec)
        } ?? present
    } catch {
      giveUp(.unsupportedMedia(error))
      return nil
    }
    template = wanted
    switch state {
    case .running where isFresh && wanted.path == present.path:
      return bytes.withUnsafeBytes { feed($0, header: header) }
    case .running:
      held = (bytes, header)
      pace.beganAnew()
      startNext()
    case .starting: held = (bytes, header)
    case .due(let at):
      if at - .now > Self.longestWait {
        forgetContainer()
      } else {
        held = (bytes, header)
      }
    case .idle: break
    }
    return held == nil ? nil : .accepted
  }

  /// Sets how many pictures of `view` are encoded per second, 0 for none.
  func setRate(_ rate: Double, view: PictureView) {
    guard rates.updateValue(rate, forKey: view) != rate, case .running(let pipeline) = state else { return }
    pipeline.setRate(rate, view: view)
  }

  // MARK: The next pipeline

  /// What happens to frames that arrive now. A pipeline that follows a failed one counts as failed, too, until
  /// something comes out of it.
  var health: BlindSpotTracker.Stream.Pipeline {
    switch state {
    case .idle: .none
    case .starting: pace.isTryingAgain ? .failed : .none
    case .due: .failed
    case .running: pace.isTryingAgain ? .failed : .running
    }
  }

  /// Call it several times a second.
  func tick(at now: Instant) {
    guard case .running(let pipeline) = state, let template else { return }
    let finding = watch.look(at: pipeline.statistics, now: now)
    if watch.sawPicture { pace.decoded(at: now) }
    switch finding {
    case .nothingDecoded where template.takesContainer:
      pace.failed()
      onEvent(.undecodable)
    case .stuck:
      pace.gotStuck()
      onEvent(.stuck)
    case .nothingDecoded, nil: return
    }
    forgetContainer()
    startNext()
  }

  /// The pipeline got something that it cannot continue from.
  func restart() {
    pace.failed()
    forgetContainer()
    startNext()
  }

  private func pipelineFailed(_ failure: PipelineFailure, generation: Int) {
    guard generation == self.generation, case .running = state else { return }
    onEvent(.failed(failure))
    restart()
  }

  /// Gives the pipeline up and creates the next one, when it is time.
  private func startNext() {
    generation += 1
    let mine = generation
    retire()
    guard !pace.isHopeless else { return giveUp(.givenUp) }
    let now = Instant.now
    let at = pace.next(at: now)
    // Without the container's header the page has to help.
    let isFailure = held == nil
    if at - now > Self.longestWait { forgetContainer() }
    state = .due(at)
    Task { [weak self] in
      try? await Task.sleep(until: at, clock: .continuous)
      await self?.startDue(mine, isFailure: isFailure)
    }
  }

  private func startDue(_ mine: Int, isFailure: Bool) async {
    guard mine == generation, let template else { return }
    do {
      try await start(template, mine)
      if isFailure, case .running = state { onEvent(.restarted) }
    } catch .pipelineFailed(let error) {
      pace.failed()
      onEvent(.startFailed(error))
      forgetContainer()
      startNext()
    } catch {
      // A hello of the page came first, or the student has left.
    }
  }

  private func giveUp(_ event: Event) {
    generation += 1
    retire()
    state = .idle
    held = nil
    onEvent(event)
  }

  private func retire() {
    if case .running(let pipeline) = state { Task { await pipeline.stop() } }
  }
}
