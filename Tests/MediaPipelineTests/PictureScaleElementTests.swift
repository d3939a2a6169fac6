import CGStreamer
import GLibRuntime
import MediaPipeline
import Testing

/// `picturescale` in the position where the pipeline files use it.
@Suite(.timeLimit(.minutes(2))) struct PictureScaleElementTests {
  struct Case: CustomTestStringConvertible {
    let picture: String
    var before = ""
    let size: (width: Int, height: Int)
    var testDescription: String { "\(picture) \(before)" }
  }

  static let cases = [
    Case(picture: "format=I420,width=480,height=360", size: (320, 240)),
    Case(picture: "format=I420,width=360,height=480", size: (240, 320)),
    Case(picture: "format=I420,width=640,height=360", size: (320, 180)),
    Case(picture: "format=I420,width=200,height=150", size: (200, 150)),
    Case(picture: "format=I420,width=353,height=287", size: (320, 260)),
    // Pixels wider than high make a picture wider than its pixel count says.
    Case(picture: "format=I420,width=320,height=240,pixel-aspect-ratio=4/3", size: (320, 180)),
    Case(picture: "format=I420,width=2000,height=4", size: (320, 16)),
    Case(picture: "format=GRAY8,width=480,height=360", before: "! videoconvert", size: (320, 240)),
    Case(picture: "format=Y444,width=480,height=360", before: "! videoconvert", size: (320, 240)),
  ]

  /// One white picture through the element, as caps and bytes.
  private func scale(_ picture: String, before: String) throws -> (caps: String, bytes: [UInt8]) {
    // Shows that GStreamer is running and knows the element.
    _ = try PipelineTemplate(contentsOf: Paths.pipeline("video-x-vp8"))
    let description =
      "videotestsrc num-buffers=1 pattern=white ! video/x-raw,\(picture) \(before) ! picturescale ! "
      + "video/x-raw,format=I420,width=(int)[16,320],height=(int)[16,320],pixel-aspect-ratio=1/1 ! appsink name=out"
    let pipeline = try #require(gst_parse_launch(description, nil))
    defer {
      gst_element_set_state(pipeline, GST_STATE_NULL)
      gst_object_unref(pipeline)
    }
    let bin = UnsafeMutableRawPointer(pipeline).assumingMemoryBound(to: GstBin.self)
    let sink = try #require(gst_bin_get_by_name(bin, "out"))
    defer { gst_object_unref(sink) }
    gst_element_set_state(pipeline, GST_STATE_PLAYING)
    let appsink = UnsafeMutableRawPointer(sink).assumingMemoryBound(to: GstAppSink.self)
    let sample = try #require(gst_app_sink_try_pull_sample(appsink, 20 * 1_000_000_000))
    defer { gst_sample_unref(sample) }
    let text = gst_caps_to_string(gst_sample_get_caps(sample))!
    defer { g_free(text) }
    let buffer = gst_sample_get_buffer(sample)!
    var bytes = [UInt8](repeating: 0, count: Int(gst_buffer_get_size(buffer)))
    gst_buffer_extract(buffer, 0, &bytes, gsize(bytes.count))
    return (String(cString: text), bytes)
  }

  @Test(arguments: cases) func aPictureFitsInItsOwnShape(_ one: Case) throws {
    let result = try scale(one.picture, before: one.before)
    #expect(result.caps.contains("width=(int)\(one.size.width)"), "\(result.caps)")
    #expect(result.caps.contains("height=(int)\(one.size.height)"), "\(result.caps)")
    // White stays white, up to the last pixel of the luma.
    let stride = (one.size.width + 3) / 4 * 4
    for row in 0..<one.size.height {
      let line = result.bytes[row * stride..<row * stride + one.size.width]
      #expect(line.allSatisfy { $0 >= 234 }, "row \(row)")
    }
  }
}
