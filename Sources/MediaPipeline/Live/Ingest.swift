import CGStreamer
import GLibRuntime
import Synchronization

/// What happened to one message.
public enum IngestResult: Sendable, Equatable {
  /// It is on its way to the decoder.
  case accepted
  /// It was dropped, and so is everything up to the next key frame: request one from the page.
  case needsKeyFrame
  /// It was dropped because nobody needs so many pictures of a stream with temporal layers. With `wantsKeyFrame`
  /// somebody needs them again, and a key frame would bring them back.
  case thinned(wantsKeyFrame: Bool)
  /// It was dropped because the decoder is behind; nothing depends on it (JPEG).
  case dropped
  /// It is not what the media type promises, or exceeds a limit. The text can be shown to the student.
  case refused(String)
  /// The container cannot continue: too much is waiting. The page should restart the stream.
  case needsRestart(String)
  /// The pipeline was stopped or has failed.
  case closed
}

/// The feeder of a live pipeline.
public final class Ingest: Sendable {
  /// How messages depend on each other, by the caps and the format of the file's `ingest`.
  private enum Kind {
    /// Each message is a picture of its own (JPEG).
    case pictures
    /// Each message is a frame; frames between key frames depend on earlier ones.
    case frames
    /// Messages are pieces of a container (`format=bytes`).
    case container
  }

  private struct State {
    var isClosed = false
    var waitsForKeyFrame: Bool
    /// What the shared `room` has counted for this one, in bytes.
    var counted = 0
    var lastTime: GstClockTime = 0
    var layers = LayerFilter()
    var packedTracks = PackedTrackWatch()
    var sampleTables = SampleTableWatch()
  }

  /// This many messages wait only if a thread is stuck or the server is overloaded.
  private static let manyPending = 3

  private let feeder: BufferFeeder
  private let kind: Kind
  private let codec: InspectedCodec?
  private let container: ContainerFormat?
  private let limits: IngestLimits
  private let counters: PipelineCounters
  private let startedAt = g_get_monotonic_time()
  /// Pictures per second that somebody needs.
  private let wantedRate = Atomic<Double>(.infinity)
  private let state: Mutex<State>

  /// - Parameters:
  ///   - source: the appsrc, which says what it accepts and is removed from `pipeline`.
  ///   - pipeline: in state NULL.
  init(
    source: GObjectReference, in pipeline: GObjectReference, limits: IngestLimits, counters: PipelineCounters
  ) {
    self.limits = limits
    self.counters = counters
    let caps = gst_app_src_get_caps(source.cast())
    defer { if let caps { gst_caps_unref(caps) } }
    codec = caps.flatMap { InspectedCodec.read($0)?.codec }
    container = ContainerFormat(mediaType: Self.mediaType(of: source))
    let format = Self.format(of: source)
    if format == GST_FORMAT_BYTES {
      kind = .container
    } else {
      kind = codec == .jpeg ? .pictures : .frames
    }
    counters.messagesAreFrames.store(kind == .frames, ordering: .relaxed)
    state = Mutex(State(waitsForKeyFrame: kind == .frames))
    feeder = BufferFeeder(
      replacing: source, in: pipeline, format: format, counters: counters,
      maximumBytesWithoutFrame: kind == .container ? limits.maximumPendingBytes : .max)
  }

  /// The name of an appsrc's caps, such as `video/webm`.
  static func mediaType(of source: GObjectReference) -> String {
    guard let caps = gst_app_src_get_caps(source.cast()) else { return "" }
    defer { gst_caps_unref(caps) }
    return mediaTypes(of: caps).first ?? ""
  }

  static func format(of source: GObjectReference) -> GstFormat {
    var value = GValue()
    g_object_get_property(source.cast(), "format", &value)
    defer { g_value_unset(&value) }
    return GstFormat(rawValue: UInt32(bitPattern: g_value_get_enum(&value)))
  }

  /// Passes one encoded frame, or the next bytes of a container, to the pipeline. Thread-safe, and never blocks; the
  /// order of calls is the order of frames.
  ///
  /// - Parameters:
  ///   - payload: copied.
  ///   - capturedAt: as stamped by the page, microseconds since the Unix epoch. It comes back with the pictures and is
  ///     used for nothing else, so a clock that jumps does no harm.
  ///   - isKeyFrame: according to the page; if the codec says so itself, that counts.
  ///   - temporalLayer: according to the page. A lie spoils only the page's own pictures.
  ///   - now: monotonic microseconds.
  public func push(
    _ payload: UnsafeRawBufferPointer, capturedAt: Int64, isKeyFrame: Bool, temporalLayer: Int = 0,
    at now: Int64 = Int64(g_get_monotonic_time())
  ) -> IngestResult {
    if counters.pending >= Self.manyPending { StreamingPool.shared.relieve() }
    var header: CodedFrameHeader?
    var orientation = 1
    switch (kind, codec) {
    case (.container, _), (_, nil): break
    case (_, .jpeg):
      let reading = JPEGPicture.read(payload)
      header = reading.header
      if case .picture(let picture) = reading { orientation = picture.orientation }
    case (_, let codec?): header = codec.header(of: payload)
    }
    return state.withLock { state in
      if state.isClosed { return .closed }
      count(&state)
      defer { count(&state) }
      if let verdict = verdict(on: payload, header: header, isKeyFrame: isKeyFrame, state: &state) {
        return verdict
      }
      let isDelta = isDelta(header, isKeyFrame)
      if kind == .frames,
        !state.layers.passes(
          layer: temporalLayer, isKeyFrame: !isDelta, wanted: wantedRate.load(ordering: .relaxed),
          at: now)
      {
        return .thinned(wantsKeyFrame: state.layers.wantsKeyFrame)
      }
      return submit(payload, capturedAt: capturedAt, isDelta: isDelta, orientation: orientation, &state)
    }
  }

  deinit { limits.room.change(by: -state.withLock(\.counted)) }

  /// Sets how many pictures a second somebody needs. More may be dropped before the decoder if the stream has temporal
  /// layers.
  func setWantedRate(_ rate: Double) { wantedRate.store(rate, ordering: .relaxed) }

  /// Accepts nothing more.
  func close() {
    state.withLock { state in
      state.isClosed = true
      count(&state)
    }
    feeder.close()
  }

  /// Nil if the message may proceed.
  private func verdict(
    on payload: UnsafeRawBufferPointer, header: CodedFrameHeader?, isKeyFrame: Bool, state: inout State
  ) -> IngestResult? {
    // After a lost message, the frames up to the next key frame would decode to rubbish.
    func lose(_ result: IngestResult) -> IngestResult {
      if kind == .frames { state.waitsForKeyFrame = true }
      return result
    }
    if payload.isEmpty { return lose(.refused("an empty message")) }
    if payload.count > limits.maximumMessageBytes {
      return lose(
        .refused("a message of \(payload.count) bytes is larger than \(limits.maximumMessageBytes)"))
    }
    if case .malformed(let reason) = header { return lose(.refused(reason)) }
    if let size = header?.size, let refusal = limits.refusal(of: size) { return lose(.refused(refusal)) }
    switch kind {
    case .pictures:
      return isBehind || hasNoRoom(for: payload, state) ? .dropped : nil
    case .frames:
      if counters.decoderIsLost.exchange(false, ordering: .acquiringAndReleasing) {
        state.waitsForKeyFrame = true
      }
      if isBehind || hasNoRoom(for: payload, state) { return lose(.needsKeyFrame) }
      if state.waitsForKeyFrame, isDelta(header, isKeyFrame) { return .needsKeyFrame }
      state.waitsForKeyFrame = false
      return nil
    case .container:
      if counters.pendingBytes + payload.count > limits.maximumPendingBytes {
        return .needsRestart("more than \(limits.maximumPendingBytes) bytes wait for the decoder")
      }
      if hasNoRoom(for: payload, state) {
        return .needsRestart(
          "what is sent to this server waits for its decoders, and there is no room for more")
      }
      return bomb(in: payload, state: &state).map { .needsRestart($0) }
    }
  }

  /// What a demuxer must not see, as text: it would allocate memory before any decoder is asked.
  private func bomb(in payload: UnsafeRawBufferPointer, state: inout State) -> String? {
    switch container {
    case .matroska:
      state.packedTracks.problem(in: payload)
    case .mp4: state.sampleTables.problem(in: payload)
    case .ogg, nil: nil
    }
  }

  private func isDelta(_ header: CodedFrameHeader?, _ isKeyFrame: Bool) -> Bool {
    switch header {
    case .key: false
    case .delta, .resizedDelta: true
    case .parameters, .unmarked, .malformed, nil: !isKeyFrame
    }
  }

  /// Reports to the shared room what is held here: what waits, and what a demuxer collects until it contains a frame.
  private func count(_ state: inout State) {
    var held = 0
    if !state.isClosed {
      held = max(0, counters.pendingBytes)
      if kind == .container { held += counters.bytesWithoutFrame.load(ordering: .relaxed) }
    }
    limits.room.change(by: held - state.counted)
    state.counted = held
  }

  private func hasNoRoom(for payload: UnsafeRawBufferPointer, _ state: State) -> Bool {
    limits.room.isFull(own: state.counted + payload.count, more: payload.count)
  }

  private var isBehind: Bool {
    counters.pending >= limits.maximumPendingFrames || counters.pendingBytes >= limits.maximumPendingBytes
  }

  private func submit(
    _ payload: UnsafeRawBufferPointer, capturedAt: Int64, isDelta: Bool, orientation: Int,
    _ state: inout State
  ) -> IngestResult {
    guard let buffer = gst_buffer_new_memdup(payload.baseAddress, gsize(payload.count)) else {
      return .refused("no memory for the message")
    }
    CaptureStamp.attach(capturedAt, to: buffer)
    if kind != .container {
      // Arrival time, strictly increasing. The page's stamp is no use here: it may jump.
      let now = GstClockTime(max(0, g_get_monotonic_time() - startedAt)) * 1000
      state.lastTime = max(now, state.lastTime + 1)
      buffer.pointee.pts = state.lastTime
      buffer.pointee.dts = state.lastTime
    }
    if isDelta { buffer.pointee.mini_object.flags |= GST_BUFFER_FLAG_DELTA_UNIT.rawValue }
    // Before the push: the streaming thread may take the buffer before the call returns.
    counters.accepted.increment()
    counters.acceptedBytes.increment(by: payload.count)
    guard feeder.push(buffer, orientation: orientation) else {
      state.isClosed = true
      return .closed
    }
    return .accepted
  }
}
