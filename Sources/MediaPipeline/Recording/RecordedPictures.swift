import CGStreamer
import ExamModel
import GLibRuntime

/// The pictures of a video file at analysis size, decoded and scaled by the elements that scale a student's: as fast as they
/// come, not in real time.
///
/// It blocks its caller, so it is for commands and not for the server. Not thread-safe.
public final class RecordedPictures: Sequence, IteratorProtocol {
  /// A picture and when it is shown, from the file's first picture on.
  public struct Picture: Sendable {
    public let at: Duration
    public let picture: AnalysisPicture
  }

  /// Why a file cannot be read to its end.
  public struct Unreadable: Error, CustomStringConvertible {
    public let description: String
  }

  /// Any container and codec that is installed; the size as in the pipeline files.
  private static let description = """
    filesrc name=file ! decodebin ! videoconvert ! picturescale \
    ! video/x-raw,format=I420,width=(int)[16,320],height=(int)[16,320],pixel-aspect-ratio=1/1 \
    ! appsink name=pictures sync=false max-buffers=4
    """

  /// Why it ended before its end; `nil` if it did not.
  public private(set) var failure: Unreadable?
  private let file: String
  private let pipeline: GObjectReference
  private let sink: GObjectReference
  private var first: GstClockTime?

  /// A browser's recording says that it may have an alpha channel and has none, which the decoders for it do not forgive.
  private static let avoidAlpha: Void = {
    for name in ["vp8alphadecodebin", "vp9alphadecodebin"] {
      guard let feature = gst_registry_lookup_feature(gst_registry_get(), name) else { continue }
      gst_plugin_feature_set_rank(feature, GST_RANK_NONE.rawValue)
      gst_object_unref(UnsafeMutableRawPointer(feature))
    }
  }()

  /// - Throws: `Unreadable` if GStreamer cannot make the pipeline.
  public init(of file: String) throws {
    GStreamer.initialize()
    _ = Self.avoidAlpha
    self.file = file
    let made: UnsafeMutablePointer<GstElement>?
    do {
      made = try withGLibError {
        gst_parse_launch_full(Self.description, nil, GST_PARSE_FLAG_FATAL_ERRORS, &$0)
      }
    } catch {
      throw Unreadable(description: "\(file): \(error)")
    }
    guard let made else { throw Unreadable(description: "\(file): GStreamer cannot make the pipeline") }
    pipeline = GObjectReference(sinking: made)
    guard let source = gst_bin_get_by_name(pipeline.cast(), "file"),
      let sink = gst_bin_get_by_name(pipeline.cast(), "pictures")
    else { throw Unreadable(description: "\(file): GStreamer cannot make the pipeline") }
    GObjectReference(adopting: source).set("location", to: file)
    self.sink = GObjectReference(adopting: sink)
    gst_element_set_state(pipeline.cast(), GST_STATE_PLAYING)
  }

  deinit { gst_element_set_state(pipeline.cast(), GST_STATE_NULL) }

  public func next() -> Picture? {
    guard let sample = pull() else { return nil }
    defer { gst_sample_unref(sample) }
    guard let buffer = gst_sample_get_buffer(sample), let caps = gst_sample_get_caps(sample),
      let picture = AnalysisPicture(buffer, caps: caps)
    else {
      failure = Unreadable(description: "\(file): a picture cannot be read")
      return nil
    }
    let time = buffer.pointee.pts
    // What GStreamer calls `GST_CLOCK_TIME_NONE`: a bare stream of pictures may have it.
    guard time != .max else {
      failure = Unreadable(
        description: "\(file): its pictures have no times; put it into a container such as WebM")
      return nil
    }
    first = first ?? time
    let at = time >= first! ? Duration.nanoseconds(time - first!) : .zero
    return Picture(at: at, picture: picture)
  }

  /// The next sample, `nil` at the end. A pipeline that fails, as on an empty file, may never tell its sink of an end.
  private func pull() -> OpaquePointer? {
    while failure == nil {
      if let sample = gst_app_sink_try_pull_sample(sink.cast(), Self.patience) { return sample }
      failure = reason
      if gst_app_sink_is_eos(sink.cast()) != 0 { return nil }
    }
    return nil
  }

  /// How long to wait for a picture before the pipeline is asked whether it failed: nanoseconds.
  private static let patience: GstClockTime = 100_000_000

  /// What the pipeline reported; nil if it has not failed.
  private var reason: Unreadable? {
    let bus = gst_element_get_bus(pipeline.cast())
    defer { gst_object_unref(bus) }
    guard let message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR) else { return nil }
    defer { gst_message_unref(message) }
    var error: UnsafeMutablePointer<GError>?
    gst_message_parse_error(message, &error, nil)
    return error.map { Unreadable(description: "\(file): \(GLibError(consuming: $0).message)") }
  }
}

extension AnalysisPicture {
  /// Copies a raw picture; nil if it is not I420 or cannot be read.
  ///
  /// - Parameter capturedAt: microseconds since the Unix epoch; by default the time of the buffer.
  init?(
    _ buffer: UnsafeMutablePointer<GstBuffer>, caps: UnsafeMutablePointer<GstCaps>, capturedAt: Int64? = nil
  ) {
    var info = GstVideoInfo()
    guard gst_video_info_from_caps(&info, caps) != 0, info.finfo.pointee.format == GST_VIDEO_FORMAT_I420
    else { return nil }
    var frame = GstVideoFrame()
    guard gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ) != 0 else { return nil }
    defer { gst_video_frame_unmap(&frame) }
    self.init(
      width: Int(info.width), height: Int(info.height), pixels: packedPlanes(of: frame),
      capturedAt: capturedAt ?? Int64(clamping: buffer.pointee.pts / 1000))
  }
}
