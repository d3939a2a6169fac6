import CGStreamer
import ExamModel
import Foundation
import GLibRuntime
import Synchronization

extension PipelineTemplate {
  /// Tests that frames of the file's own media type come out as pictures at all three taps.
  ///
  /// The frames are made by the description in the file's `# check-with:` comment, for example
  /// `videotestsrc num-buffers=20 ! video/x-raw,width=480,height=360 ! vp8enc deadline=1`.
  ///
  /// - Parameter deadline: for generating the frames, and again for the pictures.
  public func check(deadline: Duration = .seconds(10)) async throws(PipelineFileError) {
    let frames = try await generateFrames(deadline: deadline)
    let proof = PipelineProof()
    let live = try await LivePipeline.start(
      self, name: "check-\(name)", analysisRate: .infinity,
      taps: proof.taps)
    for view in PictureView.allCases { live.setRate(.infinity, view: view) }
    let end = ContinuousClock.now + deadline
    var refusals: [String] = []
    for frame in frames {
      while live.statistics.pending > 2, ContinuousClock.now < end, !proof.isOver { await proof.pause() }
      let result = frame.bytes.withUnsafeBytes {
        live.ingest.push($0, capturedAt: 1, isKeyFrame: frame.isKey)
      }
      switch result {
      case .accepted, .needsKeyFrame, .thinned, .dropped, .closed: break
      case .refused(let reason), .needsRestart(let reason): refusals.append(reason)
      }
    }
    while !proof.isOver, ContinuousClock.now < end { await proof.pause() }
    let statistics = live.statistics
    await live.stop()
    if let problem = proof.problem {
      let element = problem.split(separator: ":").first.map(String.init) ?? ""
      throw error(
        line: text.line(of: element), problem, hint: "the decoder must fit the media type of ingest")
    }
    let missing = proof.missing
    guard !missing.isEmpty else { return }
    if let refusal = refusals.first {
      throw error(
        line: text.checkLine, "the generated frames were refused: \(refusal)",
        hint: "check-with must make what ingest takes")
    }
    throw error(
      line: text.line(of: "name=\(missing[0])"),
      "no picture came to \(missing.map(\.rawValue).joined(separator: ", ")) within \(deadline); "
        + "of \(frames.count) frames \(statistics.submitted) reached a decoder and \(statistics.decoded) came out",
      hint: "follow the frames with GST_DEBUG=3")
  }

  // MARK: Generating

  private struct GeneratedFrame: Sendable {
    let bytes: SharedBytes
    let isKey: Bool
  }

  private func generateFrames(deadline: Duration) async throws(PipelineFileError) -> [GeneratedFrame] {
    guard let description = text.checkDescription else {
      throw error(
        "nothing says how to make frames of this media type",
        hint: "add a comment like # check-with: videotestsrc num-buffers=20 ! vp8enc deadline=1")
    }
    // A thread of its own: waiting for an encoder must not block one of the few threads that run tasks.
    let result = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          returning: Result { () throws(GLibError) in try Self.frames(from: description, deadline: deadline) }
        )
      }
    }
    do {
      return try result.get()
    } catch {
      throw self.error(
        line: text.checkLine, error.message,
        hint: "the check-with comment needs an encoder that is installed; see Pipelines/README.md")
    }
  }

  /// Runs a `check-with` description and collects what comes out. Blocks its thread for as long as the encoder takes, at
  /// most `deadline`.
  private static func frames(
    from description: String, deadline: Duration
  ) throws(GLibError) -> [GeneratedFrame] {
    GStreamer.initialize()
    let element = try withGLibError {
      gst_parse_bin_from_description_full(description, 1, nil, GST_PARSE_FLAG_FATAL_ERRORS, &$0)
    }
    guard let element else { return [] }
    let pipeline = GObjectReference(sinking: gst_pipeline_new("check-with"))
    let sink = GObjectReference(sinking: gst_element_factory_make("appsink", "generated")!)
    sink.set("sync", to: "false")
    gst_bin_add(pipeline.cast(), element)
    gst_bin_add(pipeline.cast(), sink.cast())
    guard gst_element_link(element, sink.cast()) != 0 else {
      throw GLibError(
        domain: "check-with", code: 0, message: "check-with has no open end to take frames from")
    }
    defer { gst_element_set_state(pipeline.cast(), GST_STATE_NULL) }
    gst_element_set_state(pipeline.cast(), GST_STATE_PLAYING)
    let end = ContinuousClock.now + deadline
    var frames: [GeneratedFrame] = []
    while ContinuousClock.now < end, frames.count < 1000 {
      guard let sample = gst_app_sink_try_pull_sample(sink.cast(), 100_000_000) else {
        if gst_app_sink_is_eos(sink.cast()) != 0 { break }
        try throwBusError(of: pipeline)
        continue
      }
      defer { gst_sample_unref(sample) }
      guard let buffer = gst_sample_get_buffer(sample) else { continue }
      frames.append(
        GeneratedFrame(
          bytes: SharedBytes(copying: buffer),
          isKey: buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_DELTA_UNIT.rawValue == 0))
    }
    try throwBusError(of: pipeline)
    guard !frames.isEmpty else {
      throw GLibError(domain: "check-with", code: 0, message: "check-with made no frame")
    }
    return frames
  }

  private static func throwBusError(of pipeline: GObjectReference) throws(GLibError) {
    let bus = gst_element_get_bus(pipeline.cast())
    defer { gst_object_unref(bus) }
    guard let message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR) else { return }
    defer { gst_message_unref(message) }
    var error: UnsafeMutablePointer<GError>?
    gst_message_parse_error(message, &error, nil)
    if let error { throw GLibError(consuming: error) }
  }
}

/// Collects what the taps deliver during a check.
private final class PipelineProof: Sendable {
  private struct State {
    var seen: Set<PipelineTap> = []
    var problem: String?
  }

  private let state = Mutex(State())

  var taps: MediaTaps {
    MediaTaps(
      analysis: { _ in self.state.withLock { _ = $0.seen.insert(.faces) } },
      picture: { view, picture in
        let reading = picture.jpeg.withUnsafeBytes { JPEGPicture.read($0) }
        self.state.withLock { state in
          if case .malformed(let reason) = reading {
            state.problem = "\(view): \(reason)"
          } else {
            state.seen.insert(PipelineTap(view))
          }
        }
      },
      failed: { failure in
        // A generated container ends by itself.
        guard failure.cause != .endOfStream else { return }
        self.state.withLock { $0.problem = $0.problem ?? Self.words(of: failure) }
      })
  }

  /// GStreamer's message alone may be no more than "Internal data stream error."; its detail ends with the reason.
  private static func words(of failure: PipelineFailure) -> String {
    guard let reason = failure.detail.split(separator: "\n").last, reason.hasPrefix("streaming stopped")
    else {
      return failure.description
    }
    return "\(failure.description) (\(reason))"
  }

  var missing: [PipelineTap] {
    state.withLock { state in PipelineTap.allCases.filter { !state.seen.contains($0) } }
  }
  var problem: String? { state.withLock { $0.problem } }
  var isOver: Bool { problem != nil || missing.isEmpty }

  func pause() async { try? await Task.sleep(for: .milliseconds(2)) }
}
