import CGStreamer
import ExamModel
import GLibRuntime
import Synchronization

/// The pipeline of one student and one connection: `Ingest` -> decoder -> frame tap and picture taps.
///
/// Made from a template, it plays until it is stopped or fails; then a new one is made. Everything here may be called
/// from any thread. One that is released without `stop()` is taken down by the reaper all the same.
public final class LivePipeline: Sendable {
  private enum State {
    case playing
    case failed(PipelineFailure)
    /// On its way to NULL, or there.
    case stopping(Task<Void, Never>)
  }

  /// Where the student's messages go in.
  public let ingest: Ingest

  private let pipeline: GObjectReference
  private let sinkTaps: [SinkTap]
  private let gates: [PipelineTap: RateGate]
  /// Those that close with their taps.
  private let valves: [PipelineTap: GObjectReference]
  private let counters = PipelineCounters()
  private let taps: MediaTaps
  private let state = Mutex(State.playing)

  private static let startedCount = Atomic<Int>(0)
  /// The pipelines that exist: playing, failed, being taken down, or never started.
  public static var count: Int {
    startedCount.load(ordering: .relaxed) - PipelineReaper.shared.stopped
  }

  /// Makes and starts a pipeline. Both views are closed at first.
  ///
  /// - Parameters:
  ///   - name: for logs and for GStreamer's messages; never part of the pipeline's text.
  ///   - analysisRate: maximum pictures per second for the face check.
  /// - Throws: `PipelineFileError` if the template's text is no longer accepted (a plugin is gone), or GStreamer cannot
  ///   start it.
  @PipelineActor
  public static func start(
    _ template: PipelineTemplate, name: String, limits: IngestLimits = .standard, analysisRate: Double,
    taps: MediaTaps
  ) async throws(PipelineFileError) -> LivePipeline {
    let graph = try PipelineGraph.make(template)
    let live = LivePipeline(graph, name: name, limits: limits, analysisRate: analysisRate, taps: taps)
    let change = gst_element_set_state(graph.pipeline.cast(), GST_STATE_PLAYING)
    guard change != GST_STATE_CHANGE_FAILURE else {
      let cause = live.failure?.description ?? "GStreamer cannot start the pipeline"
      await live.stop()
      throw template.error(cause, hint: "run exam-monitoring pipelines check")
    }
    return live
  }

  private init(
    _ graph: PipelineGraph, name: String, limits: IngestLimits, analysisRate: Double, taps: MediaTaps
  ) {
    Self.startedCount.increment()
    self.taps = taps
    pipeline = graph.pipeline
    gst_object_set_name(pipeline.cast(), name)

    let gates: [PipelineTap: RateGate] = [
      .faces: RateGate(rate: analysisRate, isWanted: taps.wantsAnalysis), .tile: RateGate(rate: 0),
      .focus: RateGate(rate: 0),
    ]
    self.gates = gates
    valves = Self.installGates(in: graph, gates: gates)
    ingest = Ingest(source: graph.ingest, in: pipeline, limits: limits, counters: counters)
    DecoderGuard.install(in: pipeline, limits: limits, counters: counters)
    ingest.setWantedRate(analysisRate)
    sinkTaps = graph.sinks.map { [counters] tap, sink in
      guard let view = tap.view else {
        return .pictures(of: sink, counters: counters, deliver: taps.analysis)
      }
      return .jpegs(of: sink, gate: gates[tap]!, counters: counters) { taps.picture(view, $0) }
    }

    BusWatch(
      failed: { [weak self] failure in
        Task { @PipelineActor in self?.fail(failure) }
      },
      warned: { [taps] in taps.warned($0) }
    ).attach(to: pipeline)
  }

  /// Drops pictures as early as the file's gates allow. If a tap has no gate of its own, at its sink.
  ///
  /// - Returns: the valves that close with a view.
  private static func installGates(
    in graph: PipelineGraph, gates: [PipelineTap: RateGate]
  ) -> [PipelineTap: GObjectReference] {
    var own: [PipelineTap: GObjectReference] = [:]
    for (valve, taps) in graph.gates() {
      guard let pad = valve.staticPad("sink") else { continue }
      RateGate.install(taps.map { gates[$0]! }, on: pad, isLast: taps.count == 1)
      if taps.count == 1 { own[taps[0]] = valve }
      valve.set("drop", to: taps.count == 1 && taps[0].view != nil ? "true" : "false")
    }
    for (tap, sink) in graph.sinks where own[tap] == nil {
      if let pad = sink.staticPad("sink") { RateGate.install([gates[tap]!], on: pad, isLast: true) }
    }
    return own.filter { $0.key.view != nil }
  }

  deinit {
    if case .stopping = state.withLock({ $0 }) { return }
    closeEntrancesAndTaps()
    PipelineReaper.shared.retire(pipeline) {}
  }

  // MARK: Control

  /// Opens a view at this many pictures a second, or closes it with 0: then nothing is scaled or encoded for it. After
  /// opening, the next decoded picture is delivered.
  public func setRate(_ rate: Double, view: PictureView) {
    let tap = PipelineTap(view)
    setRate(rate, of: tap)
    valves[tap]?.set("drop", to: gates[tap]!.isOpen ? "false" : "true")
  }

  /// Changes the maximum rate of pictures for the face check, in pictures per second, at once.
  public func setAnalysisRate(_ rate: Double) { setRate(rate, of: .faces) }

  private func setRate(_ rate: Double, of tap: PipelineTap) {
    gates[tap]!.setRate(rate)
    ingest.setWantedRate(gates.values.map(\.rate).max() ?? 0)
  }

  /// The counts so far.
  public var statistics: PipelineStatistics { counters.snapshot() }

  /// Why it failed, if it has.
  public var failure: PipelineFailure? {
    state.withLock { state in
      if case .failed(let failure) = state { return failure }
      return nil
    }
  }

  /// Takes the pipeline down and returns when its threads are gone, or after `PipelineReaper.deadline`. No tap is
  /// called afterwards. May be called more than once, but never from a tap.
  public func stop() async {
    closeEntrancesAndTaps()
    let stopping = state.withLock { state in
      if case .stopping(let stopping) = state { return stopping }
      let stopping = Task { [pipeline] in
        await withCheckedContinuation { continuation in
          PipelineReaper.shared.retire(pipeline) { continuation.resume() }
        }
      }
      state = .stopping(stopping)
      return stopping
    }
    await stopping.value
  }

  private func closeEntrancesAndTaps() {
    ingest.close()
    for tap in sinkTaps { tap.shut() }
  }

  @PipelineActor
  private func fail(_ failure: PipelineFailure) {
    let isNews = state.withLock { state in
      guard case .playing = state else { return false }
      state = .failed(failure)
      return true
    }
    guard isNews else { return }
    ingest.close()
    taps.failed(failure)
  }
}
