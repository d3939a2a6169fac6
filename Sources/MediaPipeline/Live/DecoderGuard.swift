import CGStreamer
import GLibRuntime
import Synchronization

/// Guards a decoder's pads: passes nothing whose decoded size has not been read before, whatever container it came in,
/// refuses what is above the limits, and notices when nothing comes out.
final class DecoderGuard: Sendable {
  /// What to do with a frame.
  private enum Verdict {
    case pass
    /// End the stream, with the reason.
    case refuse(String)
    /// Pass its first bytes, with others after them.
    case passPart(first: Int, closing: [UInt8])
  }

  private let limits: IngestLimits
  private let counters: PipelineCounters
  /// What arrives, by its caps, or why nothing of it may pass.
  private enum Input {
    case unknown
    case codec(InspectedCodec)
    case refused(String)
  }

  private let input = Mutex(Input.unknown)
  private let frames: Mutex<TokenBucket>
  private let hasRefused = Atomic<Bool>(false)

  private init(limits: IngestLimits, counters: PipelineCounters) {
    self.limits = limits
    self.counters = counters
    // Some seconds' worth at once: a network that stalled delivers what it held.
    frames = Mutex(TokenBucket(burst: 5 * limits.maximumFrameRate, perSecond: limits.maximumFrameRate))
  }

  /// Guards every decoder of `pipeline`, including those that `decodebin` creates later.
  static func install(in pipeline: GObjectReference, limits: IngestLimits, counters: PipelineCounters) {
    let watch = DecoderWatch { DecoderGuard(limits: limits, counters: counters).guardDecoder($0) }
    for element in pipeline.elements() { watch.elementAdded(element) }
    _ = SignalConnection(
      pipeline.pointer, "deep-element-added",
      handler: unsafeBitCast(
        elementWasAdded as @convention(c) (gpointer?, gpointer?, gpointer?, gpointer?) -> Void,
        to: GCallback.self),
      context: watch)
  }

  private func guardDecoder(_ element: GObjectReference) {
    guard element.isPictureDecoder, let sink = element.staticPad("sink"),
      let source = element.staticPad("src")
    else { return }
    sink.addProbe(GST_PAD_PROBE_TYPE_BUFFER, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) { pad, info in
      if let event = info.event {
        return event.caps.map(self.admits) ?? true ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP
      }
      return self.passes(info, to: pad) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP
    }
    source.addProbe(GST_PAD_PROBE_TYPE_BUFFER, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) { pad, info in
      guard let event = info.event else {
        self.counters.countPicture()
        return GST_PAD_PROBE_OK
      }
      // Before the decoder allocates the picture itself: whatever was read before the decoder, nothing larger is
      // allocated.
      guard let refusal = event.caps.flatMap(self.refusal(ofSizeIn:)) else { return GST_PAD_PROBE_OK }
      self.refuse(refusal, at: pad)
      return GST_PAD_PROBE_DROP
    }
  }

  /// Whether the caps may pass to the decoder. If not, the first frame says why: while caps arrive `decodebin` may
  /// still be trying decoders, and nobody else gets an error of one of those.
  private func admits(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
    let judged = judge(caps)
    input.withLock { $0 = judged }
    if case .refused = judged { return false }
    return true
  }

  private func judge(_ caps: UnsafeMutablePointer<GstCaps>) -> Input {
    guard let (codec, header) = InspectedCodec.read(caps) else {
      return .refused(
        "nobody reads how large its pictures are before a decoder does: \(capsText(caps).prefix(100))")
    }
    if case .malformed(let reason) = header { return .refused(reason) }
    // The size in the caps is the claim of a container's header, or that of the visible part.
    let refusal = header.size.flatMap { limits.refusal(of: $0) } ?? refusal(ofSizeIn: caps)
    return refusal.map { .refused($0) } ?? .codec(codec)
  }

  /// Nil if a picture of these caps is within the limits, or they give no size.
  private func refusal(ofSizeIn caps: UnsafeMutablePointer<GstCaps>) -> String? {
    var width: gint = 0
    var height: gint = 0
    guard let structure = gst_caps_get_structure(caps, 0),
      gst_structure_get_int(structure, "width", &width) != 0,
      gst_structure_get_int(structure, "height", &height) != 0
    else { return nil }
    return limits.refusal(of: (Int(width), Int(height)))
  }

  /// Whether a frame, or what is left of it, may go on to the decoder.
  private func passes(
    _ info: UnsafeMutablePointer<GstPadProbeInfo>, to pad: UnsafeMutablePointer<GstPad>
  ) -> Bool {
    if hasRefused.load(ordering: .relaxed) { return false }
    guard let buffer = gst_pad_probe_info_get_buffer(info) else { return true }
    switch verdict(on: buffer) {
    case .pass: return true
    case .refuse(let reason):
      refuse(reason, at: pad)
      return false
    case .passPart(let first, let closing):
      // Shares the bytes. The probe owns what it was given, and returns what continues.
      guard let part = gst_buffer_copy_region(buffer, copyEverything, 0, gsize(first)) else { return false }
      if !closing.isEmpty {
        gst_buffer_append_memory(part, gst_allocator_alloc(nil, gsize(closing.count), nil))
        gst_buffer_fill(part, gsize(first), closing, gsize(closing.count))
      }
      gst_buffer_unref(buffer)
      info.pointee.data = gpointer(part)
      return true
    }
  }

  private func verdict(on frame: UnsafeMutablePointer<GstBuffer>) -> Verdict {
    let codec: InspectedCodec
    switch input.withLock({ $0 }) {
    case .codec(let known): codec = known
    case .refused(let reason): return .refuse(reason)
    case .unknown: return .refuse("a frame came before its media type")
    }
    guard let (header, verdict) = frame.withBytes({ Self.read($0, as: codec) }) else {
      return .refuse("the frame cannot be read")
    }
    // A decoder could only conceal it, and might parse it differently.
    if case .malformed(let reason) = header { return .refuse(reason) }
    if let size = header.size, let refusal = limits.refusal(of: size) { return .refuse(refusal) }
    guard frames.withLock({ $0.take(at: .now) }) == nil else {
      return .refuse("more than \(Int(limits.maximumFrameRate)) frames per second")
    }
    counters.submitted.increment()
    counters.bytesWithoutFrame.store(0, ordering: .relaxed)
    if !counters.messagesAreFrames.load(ordering: .relaxed) { counters.countFrameIntoDecoder() }
    return verdict
  }

  /// What a decoder could take for another frame is cut off, or marked as separate.
  private static func read(
    _ bytes: UnsafeRawBufferPointer, as codec: InspectedCodec
  ) -> (header: CodedFrameHeader, verdict: Verdict) {
    switch codec {
    case .jpeg:
      let reading = JPEGPicture.read(bytes)
      if case .picture(let picture) = reading, picture.byteCount < bytes.count {
        return (reading.header, .passPart(first: picture.byteCount, closing: []))
      }
      return (reading.header, .pass)
    case .vp9:
      let closing = VP9Header.closingIndex(for: bytes)
      return (VP9Header.read(bytes), closing.map { .passPart(first: bytes.count, closing: $0) } ?? .pass)
    case .vp8, .h264, .av1, .png: return (codec.header(of: bytes), .pass)
    }
  }

  private func refuse(_ reason: String, at pad: UnsafeMutablePointer<GstPad>) {
    guard !hasRefused.exchange(true, ordering: .relaxed) else { return }
    guard let parent = gst_pad_get_parent_element(pad) else { return }
    postError(reason, domain: refusalDomain, from: parent)
    gst_object_unref(parent)
  }
}

/// The domain of errors that say why a student's stream was refused.
let refusalDomain = g_quark_from_string("exam-monitoring-refusal")

/// `GST_BUFFER_COPY_ALL`, a macro.
private let copyEverything = GstBufferCopyFlags(
  GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue | GST_BUFFER_COPY_META.rawValue
    | GST_BUFFER_COPY_MEMORY.rawValue)

private final class DecoderWatch: Sendable {
  let elementAdded: @Sendable (GObjectReference) -> Void

  init(elementAdded: @escaping @Sendable (GObjectReference) -> Void) { self.elementAdded = elementAdded }
}

private func elementWasAdded(
  _ pipeline: gpointer?, _ bin: gpointer?, _ element: gpointer?, _ data: gpointer?
) {
  guard let element else { return }
  callbackContext(data, as: DecoderWatch.self).elementAdded(GObjectReference(retaining: element))
}
