import CGLibShims
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
    /// On its way to NULL, with those who wait for it.
    case stopping([CheckedContinuation<Void, Never>])
    case stopped
  }

  /// Where the student's messages go in.
  public let ingest: Ingest
  /// For logs.
  public let name: String

  private let pipeline: GObjectReference
  private let analysisTap: FrameTap
  private let pictureTaps: [PictureTap]
  private let analysisGate: RateGate
  private let viewGates: [PictureView: RateGate]
  private let valves: [PictureView: GObjectReference]
  private let counters: PipelineCounters
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
  public static func start(
    _ template: PipelineTemplate, name: String, limits: IngestLimits = IngestLimits(),
    analysisRate: Double, taps: MediaTaps
  ) async throws(PipelineFileError) -> LivePipeline {
    try await startOnActor(template, name: name, limits: limits, analysisRate: analysisRate, taps: taps)
  }

  @PipelineActor
  private static func startOnActor(
    _ template: PipelineTemplate, name: String, limits: IngestLimits, analysisRate: Double,
    taps: MediaTaps
  ) async throws(PipelineFileError) -> LivePipeline {
    let graph = try PipelineGraph.make(template)
    let live = LivePipeline(graph, name: name, limits: limits, analysisRate: analysisRate, taps: taps)
    let change = gst_element_set_state(graph.pipeline.cast(), GST_STATE_PLAYING)
    guard change != GST_STATE_CHANGE_FAILURE else {
      let cause = live.failure?.description ?? "GStreamer cannot start the pipeline"
      await live.stop()
      throw PipelineFileError(
        code: .proof, file: template.path, line: nil, cause: cause,
        hint: "run exam-monitoring pipelines check")
    }
    return live
  }

  private init(
    _ graph: PipelineGraph, name: String, limits: IngestLimits, analysisRate: Double, taps: MediaTaps
  ) {
    Self.startedCount.increment()
    self.name = name
    self.taps = taps
    pipeline = graph.pipeline
    counters = PipelineCounters()
    gst_object_set_name(pipeline.cast(), name)

    analysisGate = RateGate(rate: analysisRate, isWanted: taps.wantsAnalysis)
    let gates: [PictureView: RateGate] = [
      .tile: RateGate(rate: 0), .focus: RateGate(rate: 0),
    ]
    viewGates = gates
    valves = Self.installGates(
      in: graph,
      gates: ["faces": analysisGate, "tile": gates[.tile]!, "focus": gates[.focus]!])

    ingest = Ingest(source: graph.ingest, in: pipeline, limits: limits, counters: counters)
    DecoderGuard.install(in: pipeline, limits: limits, counters: counters)
    ingest.setWantedRate(analysisRate)
    analysisTap = FrameTap(counters: counters, deliver: taps.analysis)
    analysisTap.attach(to: graph.faces)
    pictureTaps = PictureView.allCases.map { [counters] view in
      PictureTap(view: view, gate: gates[view]!, counters: counters, deliver: taps.picture)
    }
    for (view, tap) in zip(PictureView.allCases, pictureTaps) { tap.attach(to: graph.sink(of: view)) }

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
    in graph: PipelineGraph, gates: [String: RateGate]
  ) -> [PictureView: GObjectReference] {
    var valves: [PictureView: GObjectReference] = [:]
    var own: Set<String> = []
    for (valve, names) in graph.gates() {
      let behind = names.compactMap { gates[$0] }
      guard let pad = valve.staticPad("sink"), behind.count == names.count else { continue }
      if names.count == 1 { own.insert(names[0]) }
      RateGateProbe.install(on: pad, gates: behind, isLast: names.count == 1)
      let view: PictureView? = names == ["tile"] ? .tile : names == ["focus"] ? .focus : nil
      if let view { valves[view] = valve }
      exam_object_set_boolean(valve.pointer, "drop", view == nil ? 0 : 1)
    }
    for (name, sink) in [("faces", graph.faces), ("tile", graph.tile), ("focus", graph.focus)]
    where !own.contains(name) {
      if let pad = sink.staticPad("sink"), let gate = gates[name] {
        RateGateProbe.install(on: pad, gates: [gate], isLast: true)
      }
    }
    return valves
  }

  deinit {
    let isDown = state.withLock { state in
      if case .stopped = state { return true }
      return false
    }
    if !isDown {
      closeEntrancesAndTaps()
      PipelineReaper.shared.retireDetached(pipeline)
    }
  }

  // MARK: Control

  /// Opens a view at this many pictures a second, or closes it with 0: then nothing is scaled or encoded for it. After
  /// opening, the next decoded picture is delivered.
  public func setRate(_ rate: Double, view: PictureView) {
    guard let gate = viewGates[view] else { return }
    gate.setRate(rate)
    if let valve = valves[view] { exam_object_set_boolean(valve.pointer, "drop", gate.isOpen ? 0 : 1) }
    updateWantedRate()
  }

  /// Changes the maximum rate of pictures for the face check, in pictures per second, at once.
  public func setAnalysisRate(_ rate: Double) {
    analysisGate.setRate(rate)
    updateWantedRate()
  }

  private func updateWantedRate() {
    ingest.setWantedRate(([analysisGate] + viewGates.values).map(\.rate).max() ?? 0)
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
    enum Next { case retire, wait, done }
    let next = state.withLock { state -> Next in
      switch state {
      case .playing, .failed:
        state = .stopping([])
        return .retire
      case .stopping: return .wait
      case .stopped: return .done
      }
    }
    switch next {
    case .retire:
      await PipelineReaper.shared.retire(pipeline)
      let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        defer { state = .stopped }
        if case .stopping(let waiting) = state { return waiting }
        return []
      }
      for continuation in waiting { continuation.resume() }
    case .wait:
      await withCheckedContinuation { continuation in
        let isDown = state.withLock { state in
          guard case .stopping(let waiting) = state else { return true }
          state = .stopping(waiting + [continuation])
          return false
        }
        if isDown { continuation.resume() }
      }
    case .done: break
    }
  }

  private func closeEntrancesAndTaps() {
    ingest.close()
    analysisTap.shut()
    for tap in pictureTaps { tap.shut() }
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
