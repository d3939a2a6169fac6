import CGLibShims
import CGStreamer
import GLibRuntime
import Synchronization

/// Stands at a decoder's pads: refuses pictures above the limits before memory is spent on them, whatever container
/// they came in, and notices when nothing comes out.
final class DecoderGuard: Sendable {
  private let limits: IngestLimits
  private let counters: PipelineCounters
  private let codec = Mutex<InspectedCodec?>(nil)
  private let budget: Mutex<FrameBudget>
  private let hasRefused = Atomic<Bool>(false)

  private init(limits: IngestLimits, counters: PipelineCounters) {
    self.limits = limits
    self.counters = counters
    budget = Mutex(FrameBudget(rate: limits.maximumFrameRate))
  }

  /// Guards every decoder of `pipeline`, those included that `decodebin` makes later.
  static func install(in pipeline: GObjectReference, limits: IngestLimits, counters: PipelineCounters) {
    for element in pipeline.elements() { guardDecoder(element, limits: limits, counters: counters) }
    let added = DecoderWatch(limits: limits, counters: counters)
    _ = SignalConnection(
      pipeline.pointer, "deep-element-added",
      handler: unsafeBitCast(
        elementWasAdded as @convention(c) (gpointer?, gpointer?, gpointer?, gpointer?) -> Void,
        to: GCallback.self),
      context: added)
  }

  fileprivate static func guardDecoder(
    _ element: GObjectReference, limits: IngestLimits, counters: PipelineCounters
  ) {
    guard element.hasRole("Decoder"), let sink = element.staticPad("sink"),
      let source = element.staticPad("src")
    else { return }
    let decoderGuard = DecoderGuard(limits: limits, counters: counters)
    gst_pad_add_probe(
      sink.cast(),
      GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER.rawValue | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM.rawValue),
      inspectBeforeDecoder, retainedCallbackContext(decoderGuard), releaseCallbackContext)
    gst_pad_add_probe(
      source.cast(), GST_PAD_PROBE_TYPE_BUFFER, countDecoded, retainedCallbackContext(decoderGuard),
      releaseCallbackContext)
  }

  /// Nil when the event may pass, else why not.
  func refusal(of event: UnsafeMutablePointer<GstEvent>) -> String? {
    guard event.pointee.type == GST_EVENT_CAPS else { return nil }
    var caps: UnsafeMutablePointer<GstCaps>?
    gst_event_parse_caps(event, &caps)
    guard let caps, let structure = gst_caps_get_structure(caps, 0) else { return nil }
    codec.withLock { $0 = InspectedCodec(mediaType: String(cString: gst_structure_get_name(structure))) }
    var width: gint = 0
    var height: gint = 0
    guard gst_structure_get_int(structure, "width", &width) != 0,
      gst_structure_get_int(structure, "height", &height) != 0,
      !limits.allows(width: Int(width), height: Int(height))
    else { return nil }
    return limits.refusal(width: Int(width), height: Int(height))
  }

  /// Nil when the frame may pass, else why not. A frame that is merely malformed is the decoder's to conceal.
  func refusal(of frame: UnsafeMutablePointer<GstBuffer>) -> String? {
    if let codec = codec.withLock({ $0 }) {
      var map = GstMapInfo()
      guard gst_buffer_map(frame, &map, GST_MAP_READ) != 0 else { return "the frame cannot be read" }
      defer { gst_buffer_unmap(frame, &map) }
      let header = codec.header(of: UnsafeRawBufferPointer(start: map.data, count: Int(map.size)))
      if let size = header.size, !limits.allows(width: size.width, height: size.height) {
        return limits.refusal(width: size.width, height: size.height)
      }
    }
    guard budget.withLock({ $0.take(at: Int64(g_get_monotonic_time())) }) else {
      return "more than \(Int(limits.maximumFrameRate)) frames per second"
    }
    counters.submitted.increment()
    counters.bytesWithoutFrame.store(0, ordering: .relaxed)
    if !counters.messagesAreFrames.load(ordering: .relaxed) { counters.countFrameIntoDecoder() }
    return nil
  }

  func countPicture() { counters.countPicture() }

  /// Whether anything may still pass.
  var isShut: Bool { hasRefused.load(ordering: .relaxed) }

  func refuse(_ reason: String, at pad: UnsafeMutablePointer<GstPad>) {
    guard !hasRefused.exchange(true, ordering: .relaxed) else { return }
    guard let parent = gst_pad_get_parent_element(pad) else { return }
    postStreamError(reason, from: parent)
    gst_object_unref(parent)
  }
}

/// Remembers what later decoders are to be guarded with.
private final class DecoderWatch: Sendable {
  let limits: IngestLimits
  let counters: PipelineCounters

  init(limits: IngestLimits, counters: PipelineCounters) {
    self.limits = limits
    self.counters = counters
  }
}

/// Posts an ERROR about the student's stream on the element's bus.
func postStreamError(_ message: String, from element: UnsafeMutablePointer<GstElement>) {
  gst_element_message_full(
    element, GST_MESSAGE_ERROR, gst_stream_error_quark(), gint(GST_STREAM_ERROR_DECODE.rawValue),
    g_strdup(message), nil, "ExamMonitoring", "MediaPipeline", 0)
}

private func elementWasAdded(
  _ pipeline: gpointer?, _ bin: gpointer?, _ element: gpointer?, _ data: gpointer?
) {
  guard let element else { return }
  let watch = callbackContext(data, as: DecoderWatch.self)
  DecoderGuard.guardDecoder(
    GObjectReference(retaining: element), limits: watch.limits, counters: watch.counters)
}

private func inspectBeforeDecoder(
  _ pad: UnsafeMutablePointer<GstPad>?, _ info: UnsafeMutablePointer<GstPadProbeInfo>?,
  _ data: gpointer?
) -> GstPadProbeReturn {
  guard let pad, let info else { return GST_PAD_PROBE_OK }
  let decoderGuard = callbackContext(data, as: DecoderGuard.self)
  let refusal: String?
  if info.pointee.type.rawValue & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM.rawValue != 0 {
    refusal = gst_pad_probe_info_get_event(info).flatMap { decoderGuard.refusal(of: $0) }
  } else if decoderGuard.isShut {
    return GST_PAD_PROBE_DROP
  } else if let buffer = gst_pad_probe_info_get_buffer(info) {
    refusal = decoderGuard.refusal(of: buffer)
  } else {
    return GST_PAD_PROBE_OK
  }
  guard let refusal else { return GST_PAD_PROBE_OK }
  decoderGuard.refuse(refusal, at: pad)
  return GST_PAD_PROBE_DROP
}

private func countDecoded(
  _ pad: UnsafeMutablePointer<GstPad>?, _ info: UnsafeMutablePointer<GstPadProbeInfo>?,
  _ data: gpointer?
) -> GstPadProbeReturn {
  callbackContext(data, as: DecoderGuard.self).countPicture()
  return GST_PAD_PROBE_OK
}
