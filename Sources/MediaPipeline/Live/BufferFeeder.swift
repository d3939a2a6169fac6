import CGStreamer
import GLibRuntime
import Synchronization

/// Where messages enter a pipeline: replaces the file's appsrc, whose thread is not needed, and is run by the streaming
/// pool.
final class BufferFeeder: Sendable {
  /// One waiting buffer, owned, and the orientation of its picture.
  private struct Waiting: @unchecked Sendable {
    let buffer: UnsafeMutablePointer<GstBuffer>
    let orientation: Int
  }

  private struct State {
    var waiting: [Waiting] = []
    /// Whether it is in the pool's queue or a thread is running it.
    var isScheduled = false
    var isClosed = false
  }

  private let pipeline: GObjectReference
  private let source: GObjectReference
  private let pad: GObjectReference
  private let counters: PipelineCounters
  private let maximumBytesWithoutFrame: Int
  private let state = Mutex(State())
  /// In the form the elements know.
  private let orientation = Atomic<Int>(1)

  /// Replaces the appsrc in its pipeline, which must be in state NULL.
  ///
  /// - Parameter maximumBytesWithoutFrame: this many bytes without a frame for a decoder end the stream. A demuxer
  ///   collects an element until it is as long as its header claims, and skips padding for ever: neither yields a
  ///   picture, and neither is an error to it.
  init(
    replacing source: GObjectReference, in pipeline: GObjectReference, format: GstFormat,
    counters: PipelineCounters, maximumBytesWithoutFrame: Int
  ) {
    self.pipeline = pipeline
    self.source = source
    self.counters = counters
    self.maximumBytesWithoutFrame = maximumBytesWithoutFrame
    pad = GObjectReference(sinking: gst_pad_new("feeder", GST_PAD_SRC))
    gst_pad_set_active(pad.cast(), 1)
    // Kept by the pad, and sent on before the first buffer.
    gst_pad_push_event(pad.cast(), gst_event_new_stream_start("upload"))
    if let caps = gst_app_src_get_caps(source.cast()) {
      gst_pad_push_event(pad.cast(), gst_event_new_caps(caps))
      gst_caps_unref(caps)
    }
    var segment = GstSegment()
    gst_segment_init(&segment, format)
    gst_pad_push_event(pad.cast(), gst_event_new_segment(&segment))

    if let own = source.staticPad("src"), let peer = gst_pad_get_peer(own.cast()) {
      gst_pad_unlink(own.cast(), peer)
      gst_pad_link(pad.cast(), peer)
      gst_object_unref(peer)
    }
    if let parent = gst_object_get_parent(source.cast()) {
      gst_bin_remove(UnsafeMutableRawPointer(parent).assumingMemoryBound(to: GstBin.self), source.cast())
      gst_object_unref(parent)
    }
  }

  deinit { close() }

  /// Takes over a buffer. Never blocks.
  ///
  /// - Parameter orientation: as in Exif; the elements are told by a tag.
  /// - Returns: false if it is closed; the buffer is then freed.
  func push(_ buffer: UnsafeMutablePointer<GstBuffer>, orientation: Int = 1) -> Bool {
    let waiting = Waiting(buffer: buffer, orientation: orientation)
    let isFirst = state.withLock { state -> Bool? in
      if state.isClosed { return nil }
      state.waiting.append(waiting)
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    guard let isFirst else {
      gst_buffer_unref(buffer)
      return false
    }
    if isFirst { StreamingPool.shared.schedule(self) }
    return true
  }

  /// Accepts nothing more, and drops what waits.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for one in waiting { gst_buffer_unref(one.buffer) }
  }

  /// Sends the oldest waiting buffer through the pipeline. On a pool thread, one at a time.
  func carry() {
    let next = state.withLock { state -> Waiting? in
      state.waiting.isEmpty ? nil : state.waiting.removeFirst()
    }
    if let next {
      announce(orientation: next.orientation)
      send(next.buffer)
    }
    let hasMore = state.withLock { state in
      state.isScheduled = !state.waiting.isEmpty
      return state.isScheduled
    }
    // To the end of the queue: others have frames too.
    if hasMore { StreamingPool.shared.schedule(self) }
  }

  private func send(_ buffer: UnsafeMutablePointer<GstBuffer>) {
    let size = Int(gst_buffer_get_size(buffer))
    counters.enteringCapture.store(CaptureStamp.read(buffer) ?? -1, ordering: .relaxed)
    counters.enteredBytes.increment(by: size)
    counters.entered.increment()
    if counters.messagesAreFrames.load(ordering: .relaxed) { counters.countFrameIntoDecoder() }
    if counters.bytesWithoutFrame.wrappingAdd(size, ordering: .relaxed).newValue > maximumBytesWithoutFrame {
      gst_buffer_unref(buffer)
      fail("no frame in more than \(maximumBytesWithoutFrame) bytes of the container", detail: nil)
      return
    }
    let flow = gst_pad_push(pad.cast(), buffer)
    // Closed, or at the end by itself: both are reported in other ways.
    guard flow == GST_FLOW_NOT_LINKED || flow.rawValue < GST_FLOW_EOS.rawValue else { return }
    // The element that failed has usually said why; then this is not the first error and is ignored.
    fail(
      "the stream cannot go on",
      detail: "streaming stopped, reason \(String(cString: gst_flow_get_name(flow)))")
  }

  /// In the order of Exif's values, as GStreamer names them.
  private static let orientations = [
    "rotate-0", "flip-rotate-0", "rotate-180", "flip-rotate-180", "flip-rotate-270", "rotate-90",
    "flip-rotate-90",
    "rotate-270",
  ]

  private func announce(orientation new: Int) {
    guard orientation.exchange(new, ordering: .relaxed) != new else { return }
    let tags = "taglist,\(GST_TAG_IMAGE_ORIENTATION)=\(Self.orientations[new - 1])"
    gst_pad_push_event(pad.cast(), gst_event_new_tag(gst_tag_list_new_from_string(tags)))
  }

  private func fail(_ problem: String, detail: String?) {
    close()
    let error = g_error_new_literal(gst_stream_error_quark(), gint(GST_STREAM_ERROR_FAILED.rawValue), problem)
    gst_element_post_message(pipeline.cast(), gst_message_new_error(source.cast(), error, detail))
    g_error_free(error)
  }
}
