import ExamModel
import MediaPipeline
import WebGateway

/// A student's stream on its way through a pipeline: made when the page says what it will send, replaced when it sends
/// something else or the pipeline fails.
@GatewayActor
final class StudentUpload {
  /// Where the stream goes after the pipeline; called on its streaming thread.
  typealias Taps = @GatewayActor (_ failed: @escaping @Sendable (PipelineFailure) -> Void) -> MediaTaps

  private enum State {
    case idle
    case starting
    case running(LivePipeline)
    /// The pipeline failed and its successor starts at `retryAt`.
    case failed(retryAt: ContinuousClock.Instant)
  }

  enum BeginError: Error {
    /// No pipeline file takes this media type.
    case unsupportedMedia(UnknownMediaError)
    case pipelineFailed(PipelineFileError)
    /// A later call took over.
    case superseded
  }

  private let name: String
  private let pipelines: PipelineCatalog
  private let makeTaps: Taps
  /// Called when a running pipeline failed, with its words.
  private let onFailure: @GatewayActor (PipelineFailure) -> Void

  private var state = State.idle
  /// Counts calls of `begin`, so that what an earlier one started is not mistaken for the present one.
  private var generation = 0
  private(set) var media: String?
  private var rates: [PictureView: Double] = [:]
  /// Pictures a second that are made for the face check at most.
  var analysisRate = AnalysisPace.usual {
    didSet {
      guard analysisRate != oldValue, case .running(let pipeline) = state else { return }
      pipeline.setAnalysisRate(analysisRate)
    }
  }
  private var failures = 0

  init(
    name: String, pipelines: PipelineCatalog, taps: @escaping Taps,
    onFailure: @escaping @GatewayActor (PipelineFailure) -> Void
  ) {
    self.name = name
    self.pipelines = pipelines
    self.makeTaps = taps
    self.onFailure = onFailure
  }

  /// Starts the pipeline for `media`, after the end of the one before.
  ///
  /// Calls overlap wherever this waits: a page may say hello again, go, or a pipeline fail meanwhile. Only the last call
  /// counts, so after each wait it is asked first whether this still is the last one, and what came of the wait is
  /// looked at only then. Otherwise a start that fails would speak for the newer one, which is well.
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
    state = .starting
    let taps = makeTaps { [weak self] failure in
      Task { @GatewayActor in self?.pipelineFailed(failure, generation: mine) }
    }
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
    for (view, rate) in rates { pipeline.setRate(rate, view: view) }
  }

  /// Hands one frame, or piece of a container, to the pipeline.
  ///
  /// - Returns: `nil` while no pipeline runs.
  func push(_ payload: UnsafeRawBufferPointer, header: FrameHeader) -> IngestResult? {
    guard case .running(let pipeline) = state else { return nil }
    return pipeline.ingest.push(
      payload, capturedAt: header.capturedAt, isKeyFrame: header.isKeyFrame,
      temporalLayer: header.temporalLayer)
  }

  /// Has so many pictures of `view` a second encoded, or none.
  func setRate(_ rate: Double, view: PictureView) {
    guard rates.updateValue(rate, forKey: view) != rate, case .running(let pipeline) = state else { return }
    pipeline.setRate(rate, view: view)
  }

  /// What becomes of frames that come now.
  var health: BlindSpotTracker.Stream.Pipeline {
    switch state {
    case .idle, .starting: .none
    case .failed: .failed
    case .running: .running
    }
  }

  /// Whether a failed pipeline's successor should start now.
  func isRestartDue(at now: ContinuousClock.Instant) -> Bool {
    if case .failed(let retryAt) = state { now >= retryAt } else { false }
  }

  /// Starts the pipeline for the present media anew; the page must then begin its stream anew.
  func restart() async throws(BeginError) {
    guard let media else { return }
    do {
      try await begin(media: media)
    } catch {
      // What failed this time may work the next.
      if case .pipelineFailed = error { scheduleRestart() }
      throw error
    }
  }

  func stop() async {
    generation += 1
    await stopPipeline()
  }

  private func stopPipeline() async {
    let old = state
    state = .idle
    if case .running(let pipeline) = old { await pipeline.stop() }
  }

  private func pipelineFailed(_ failure: PipelineFailure, generation: Int) {
    guard generation == self.generation else { return }
    scheduleRestart()
    onFailure(failure)
  }

  /// Gives the pipeline up; `restartIfDue` makes the next one.
  func scheduleRestart() {
    generation += 1
    failures += 1
    let old = state
    // Each failure in a row waits twice as long: a stream that always breaks must not keep the machine busy.
    let delay = Duration.milliseconds(250 * (1 << min(failures, 7)))
    state = .failed(retryAt: .now + delay)
    if case .running(let pipeline) = old { Task { await pipeline.stop() } }
  }

  /// The stream decodes: the next failure is the first one again.
  func confirmHealthy() { failures = 0 }
}
