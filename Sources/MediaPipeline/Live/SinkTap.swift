import CGStreamer
import ExamModel
import GLibRuntime
import Synchronization

/// An appsink that keeps only the newest sample, never waits for a clock, and can be closed for good.
final class SinkTap: Sendable {
  /// Runs on the streaming thread, for each sample.
  ///
  /// - Returns: nil, or why the pipeline cannot continue.
  typealias Delivery = @Sendable (UnsafeMutablePointer<GstBuffer>, UnsafeMutablePointer<GstCaps>) -> String?

  private let deliver: Delivery
  private let isShut = Atomic<Bool>(false)

  /// Makes `sink`, in state NULL, deliver. The sink keeps the tap alive.
  init(of sink: GObjectReference, deliver: @escaping Delivery) {
    self.deliver = deliver
    let settings: KeyValuePairs = [
      // Nothing waits: not for the clock, for a first picture at preroll, or for a reader.
      "sync": "false", "async": "false", "qos": "false", "drop": "true", "emit-signals": "false",
      "wait-on-eos": "false", "max-buffers": "1",
      // A sink that keeps its last sample keeps a picture per student.
      "enable-last-sample": "false",
    ]
    for (name, value) in settings { sink.set(name, to: value) }
    var callbacks = GstAppSinkCallbacks()
    callbacks.new_sample = takeSample
    gst_app_sink_set_callbacks(
      sink.cast(), &callbacks, retainedCallbackContext(self), releaseCallbackContext)
  }

  /// No delivery begins after this.
  func shut() { isShut.store(true, ordering: .sequentiallyConsistent) }

  fileprivate func take(_ sample: OpaquePointer) -> String? {
    guard !isShut.load(ordering: .sequentiallyConsistent),
      let buffer = gst_sample_get_buffer(sample), let caps = gst_sample_get_caps(sample)
    else { return nil }
    return deliver(buffer, caps)
  }
}

private func takeSample(_ sink: UnsafeMutablePointer<GstAppSink>?, _ data: gpointer?) -> GstFlowReturn {
  guard let sink, let sample = gst_app_sink_pull_sample(sink) else { return GST_FLOW_OK }
  defer { gst_sample_unref(sample) }
  guard let problem = callbackContext(data, as: SinkTap.self).take(sample) else { return GST_FLOW_OK }
  postError(
    problem, domain: gst_stream_error_quark(),
    from: UnsafeMutableRawPointer(sink).assumingMemoryBound(to: GstElement.self))
  return GST_FLOW_ERROR
}

extension SinkTap {
  /// Taps raw pictures at analysis size for the face check.
  static func pictures(
    of sink: GObjectReference, counters: PipelineCounters,
    deliver: @escaping @Sendable (AnalysisPicture) -> Void
  ) -> SinkTap {
    SinkTap(of: sink) { buffer, caps in
      let capturedAt = counters.captureTime(of: buffer)
      guard let picture = AnalysisPicture(buffer, caps: caps, capturedAt: capturedAt) else {
        return "faces got \(capsText(caps)), which is not I420 or cannot be read"
      }
      counters.analysisPictures.increment()
      deliver(picture)
      return nil
    }
  }

  /// Taps encoded pictures of one view for teachers.
  static func jpegs(
    of sink: GObjectReference, gate: RateGate, counters: PipelineCounters,
    deliver: @escaping @Sendable (TapPicture) -> Void
  ) -> SinkTap {
    SinkTap(of: sink) { buffer, _ in
      guard gate.isOpen else { return nil }
      deliver(
        TapPicture(jpeg: SharedBytes(copying: buffer), capturedAt: counters.captureTime(of: buffer)))
      return nil
    }
  }
}

/// The planes of an I420 frame, without padding.
func packedPlanes(of frame: GstVideoFrame) -> [UInt8] {
  let (width, height) = (Int(frame.info.width), Int(frame.info.height))
  let chroma = ((width + 1) / 2, (height + 1) / 2)
  let planes = [
    (frame.data.0, Int(frame.info.stride.0), width, height),
    (frame.data.1, Int(frame.info.stride.1), chroma.0, chroma.1),
    (frame.data.2, Int(frame.info.stride.2), chroma.0, chroma.1),
  ]
  let count = AnalysisPicture.byteCount(width: width, height: height)
  return [UInt8](unsafeUninitializedCapacity: count) { target, written in
    var position = target.baseAddress!
    for (plane, stride, width, height) in planes {
      guard let plane else { continue }
      if stride == width {
        memcpy(position, plane, width * height)
      } else {
        for row in 0..<height { memcpy(position + row * width, plane + row * stride, width) }
      }
      position += width * height
    }
    written = count
  }
}
