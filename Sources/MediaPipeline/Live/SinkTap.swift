import CGLibShims
import CGStreamer
import ExamModel
import GLibRuntime
import Synchronization

/// What both kinds of tap share: an appsink that keeps only the newest sample, never waits for a clock, and can be
/// closed for good.
class SinkTap: @unchecked Sendable {  // Subclasses add immutable properties only.
  private let isShut = Atomic<Bool>(false)

  /// Delivers a sample. Runs on the streaming thread.
  ///
  /// - Returns: nil, or why the pipeline cannot continue.
  func deliver(_ buffer: UnsafeMutablePointer<GstBuffer>, caps: UnsafeMutablePointer<GstCaps>) -> String? {
    fatalError("a subclass delivers")
  }

  /// Makes `sink`, in state NULL, deliver to this tap. The sink keeps the tap alive.
  final func attach(to sink: GObjectReference) {
    // Nothing waits: not for the clock, for a first picture at preroll, or for a reader.
    exam_object_set_boolean(sink.pointer, "sync", 0)
    exam_object_set_boolean(sink.pointer, "async", 0)
    exam_object_set_boolean(sink.pointer, "qos", 0)
    exam_object_set_boolean(sink.pointer, "drop", 1)
    exam_object_set_boolean(sink.pointer, "emit-signals", 0)
    exam_object_set_boolean(sink.pointer, "wait-on-eos", 0)
    // A sink that keeps its last sample keeps a picture per student.
    exam_object_set_boolean(sink.pointer, "enable-last-sample", 0)
    exam_object_set_int(sink.pointer, "max-buffers", 1)
    var callbacks = GstAppSinkCallbacks()
    callbacks.new_sample = takeSample
    gst_app_sink_set_callbacks(
      sink.cast(), &callbacks, retainedCallbackContext(self), releaseCallbackContext)
  }

  /// No delivery begins after this.
  final func shut() { isShut.store(true, ordering: .sequentiallyConsistent) }

  fileprivate final func take(_ sample: OpaquePointer) -> String? {
    guard !isShut.load(ordering: .sequentiallyConsistent),
      let buffer = gst_sample_get_buffer(sample), let caps = gst_sample_get_caps(sample)
    else { return nil }
    return deliver(buffer, caps: caps)
  }
}

private func takeSample(_ sink: UnsafeMutablePointer<GstAppSink>?, _ data: gpointer?) -> GstFlowReturn {
  guard let sink, let sample = gst_app_sink_pull_sample(sink) else { return GST_FLOW_OK }
  defer { gst_sample_unref(sample) }
  guard let problem = callbackContext(data, as: SinkTap.self).take(sample) else { return GST_FLOW_OK }
  postStreamError(problem, from: UnsafeMutableRawPointer(sink).assumingMemoryBound(to: GstElement.self))
  return GST_FLOW_ERROR
}

/// Taps raw pictures at analysis size for the face check.
final class FrameTap: SinkTap, @unchecked Sendable {
  private let counters: PipelineCounters
  private let deliverPicture: @Sendable (AnalysisPicture) -> Void

  init(counters: PipelineCounters, deliver: @escaping @Sendable (AnalysisPicture) -> Void) {
    self.counters = counters
    deliverPicture = deliver
  }

  override func deliver(
    _ buffer: UnsafeMutablePointer<GstBuffer>, caps: UnsafeMutablePointer<GstCaps>
  ) -> String? {
    var info = GstVideoInfo()
    guard gst_video_info_from_caps(&info, caps) != 0, info.finfo.pointee.format == GST_VIDEO_FORMAT_I420
    else { return "faces got \(capsText(caps)), not I420" }
    var frame = GstVideoFrame()
    guard gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ) != 0 else {
      return "a picture for the face check cannot be read"
    }
    defer { gst_video_frame_unmap(&frame) }
    let width = Int(info.width)
    let height = Int(info.height)
    let chromaWidth = (width + 1) / 2
    let chromaHeight = (height + 1) / 2
    let count = AnalysisPicture.byteCount(width: width, height: height)
    let planes = [
      (frame.data.0, Int(frame.info.stride.0), width, height),
      (frame.data.1, Int(frame.info.stride.1), chromaWidth, chromaHeight),
      (frame.data.2, Int(frame.info.stride.2), chromaWidth, chromaHeight),
    ]
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, written in
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
    counters.analysisPictures.increment()
    deliverPicture(
      AnalysisPicture(
        width: width, height: height, pixels: pixels,
        capturedAt: CaptureStamp.read(buffer) ?? counters.enteringCapture.load(ordering: .relaxed)))
    return nil
  }
}

/// Taps encoded pictures of one view for teachers.
final class PictureTap: SinkTap, @unchecked Sendable {
  private let view: PictureView
  private let gate: RateGate
  private let counters: PipelineCounters
  private let deliverPicture: @Sendable (PictureView, TapPicture) -> Void

  init(
    view: PictureView, gate: RateGate, counters: PipelineCounters,
    deliver: @escaping @Sendable (PictureView, TapPicture) -> Void
  ) {
    self.view = view
    self.gate = gate
    self.counters = counters
    deliverPicture = deliver
  }

  override func deliver(
    _ buffer: UnsafeMutablePointer<GstBuffer>, caps: UnsafeMutablePointer<GstCaps>
  ) -> String? {
    guard gate.isOpen else { return nil }
    var width: gint = 0
    var height: gint = 0
    if let structure = gst_caps_get_structure(caps, 0) {
      gst_structure_get_int(structure, "width", &width)
      gst_structure_get_int(structure, "height", &height)
    }
    let jpeg = SharedBytes(count: Int(gst_buffer_get_size(buffer))) { memory in
      _ = gst_buffer_extract(buffer, 0, memory.baseAddress, gsize(memory.count))
    }
    switch view {
    case .tile: counters.tilePictures.increment()
    case .focus: counters.focusPictures.increment()
    }
    deliverPicture(
      view,
      TapPicture(
        jpeg: jpeg, width: Int(width), height: Int(height),
        capturedAt: CaptureStamp.read(buffer) ?? counters.enteringCapture.load(ordering: .relaxed)))
    return nil
  }
}
