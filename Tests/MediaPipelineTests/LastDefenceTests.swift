import CGStreamer
import ExamModel
import Testing

@testable import MediaPipeline

/// What holds for every codec and container, including files that operators add.
@Suite(.timeLimit(.minutes(2))) struct LastDefenceTests {
  private func template(_ decoder: String, caps: String) throws(PipelineFileError) -> PipelineTemplate {
    try PipelineTemplate(
      text: """
        appsrc name=ingest format=time caps=\(caps) ! \(decoder) ! videoconvert ! tee name=t
        t. ! video/x-raw,format=I420 ! appsink name=faces
        t. ! jpegenc ! appsink name=tile
        t. ! jpegenc ! appsink name=focus
        """, path: "operator.launch")
  }

  @Test(arguments: [
    ("theoradec", "video/x-theora"), ("avdec_mpeg4", "video/mpeg,mpegversion=4,systemstream=false"),
    ("h265parse ! avdec_h265", "video/x-h265"),
  ])
  func aFileForACodecThatNobodyReadsIsRefused(decoder: String, caps: String) throws {
    let error = #expect(throws: PipelineFileError.self) { _ = try template(decoder, caps: caps) }
    #expect(error?.line == 1)
    #expect(error?.cause.contains("how large a picture of video/") == true)
  }

  /// Made by an encoder: what an operator might add, and one picture above the limit.
  @Test(arguments: [
    (
      "av1dec", "video/x-av1,stream-format=obu-stream,alignment=tu",
      "av1enc cpu-used=8 ! av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu"
    ),
    ("pngdec", "image/png", "pngenc"),
    (
      "avdec_h264 max-threads=1", "video/x-h264,stream-format=byte-stream,alignment=au",
      "x264enc tune=zerolatency speed-preset=ultrafast byte-stream=true"
    ),
  ])
  func codecsThatOperatorsMayAdd(decoder: String, caps: String, encoder: String) async throws {
    for (width, height) in [(320, 240), (2048, 1200)] {
      let data = try await TestPictures.run(
        "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=\(width),height=\(height) ! videoconvert ! \(encoder)"
      )
      let recorder = Recorder()
      let live = try await LivePipeline.start(
        template(decoder, caps: caps), name: "operator", analysisRate: .infinity, taps: recorder.taps)
      let result = live.ingest.push(data, isKeyFrame: true)
      if width == 320 {
        #expect(result == .accepted)
        #expect(await eventually { recorder.now.analysis.first?.width == 320 }, "\(decoder)")
      } else {
        #expect(result == .refused("a picture of 2048x1200 is larger than 1920x1080"), "\(decoder)")
      }
      await live.stop()
    }
  }

  /// Which decoder `decodebin` chooses, and for what, is known only when frames arrive.
  @Test(arguments: [
    ("theoraenc", 320, 240, "how large its pictures are"),
    ("jpegenc ! image/jpeg,framerate=10/1", 2048, 1200, "2048x1200 is larger than"),
    ("vp8enc deadline=1", 2048, 1200, "2048x1200 is larger than"), ("vp8enc deadline=1", 320, 240, nil),
  ]) func whatDecodebinBringsIsGuardedToo(
    encoder: String, width: Int, height: Int, refusal: String?
  ) async throws {
    let data = try await TestPictures.run(
      "videotestsrc num-buffers=\(width > 320 ? 3 : 20) ! video/x-raw,format=I420,width=\(width),height=\(height)"
        + ",framerate=10/1 ! \(encoder) ! matroskamux streamable=true")
    let template = try PipelineTemplate(
      text: """
        appsrc name=ingest format=bytes caps=video/x-matroska ! decodebin ! videoconvert ! tee name=t
        t. ! video/x-raw,format=I420 ! appsink name=faces
        t. ! jpegenc ! appsink name=tile
        t. ! jpegenc ! appsink name=focus
        """, path: "operator.launch")
    let recorder = Recorder()
    let live = try await LivePipeline.start(
      template, name: "operator", analysisRate: .infinity, taps: recorder.taps)
    #expect(live.ingest.push(data) == .accepted)
    if let refusal {
      #expect(await eventually { !recorder.now.failures.isEmpty })
      let failure = try #require(recorder.now.failures.first)
      #expect(failure.cause == .refused && failure.message.contains(refusal), "\(failure)")
      #expect(live.statistics.decoded == 0)
    } else {
      #expect(await eventually { !recorder.now.analysis.isEmpty }, "\(recorder.now.failures)")
    }
    await live.stop()
  }

  @Test func oneBlockOfMemoryIsBounded() throws {
    GStreamer.initialize()
    let bound = gsize(BoundedAllocator.maximumBytes)
    let most = gst_buffer_new_allocate(nil, bound, nil)
    #expect(most != nil)
    if let most { gst_buffer_unref(most) }
    #expect(gst_buffer_new_allocate(nil, bound + 1, nil) == nil)
    #expect(gst_buffer_new_allocate(nil, 1 << 45, nil) == nil)
  }

  /// A decoder without a guard: it makes no picture, and the process survives.
  @Test func aDecoderThatGetsNoMemoryMakesNoPicture() async throws {
    GStreamer.initialize()
    func lastSample(of picture: [UInt8]) throws -> Bool {
      let pipeline = try #require(
        gst_parse_launch("appsrc name=in format=time caps=image/jpeg ! jpegdec ! fakesink name=out", nil))
      let bin = UnsafeMutableRawPointer(pipeline).assumingMemoryBound(to: GstBin.self)
      let source = try #require(gst_bin_get_by_name(bin, "in"))
      let sink = try #require(gst_bin_get_by_name(bin, "out"))
      let bus = try #require(gst_element_get_bus(pipeline))
      defer {
        gst_element_set_state(pipeline, GST_STATE_NULL)
        for object in [source, sink, pipeline] { gst_object_unref(object) }
        gst_object_unref(bus)
      }
      gst_element_set_state(pipeline, GST_STATE_PLAYING)
      let appsrc = UnsafeMutableRawPointer(source).assumingMemoryBound(to: GstAppSrc.self)
      gst_app_src_push_buffer(appsrc, gst_buffer_new_memdup(picture, gsize(picture.count)))
      gst_app_src_end_of_stream(appsrc)
      let over = GstMessageType(rawValue: GST_MESSAGE_EOS.rawValue | GST_MESSAGE_ERROR.rawValue)
      let message = try #require(gst_bus_timed_pop_filtered(bus, 20_000_000_000, over))
      gst_message_unref(message)
      let basesink = UnsafeMutableRawPointer(sink).assumingMemoryBound(to: GstBaseSink.self)
      guard let sample = gst_base_sink_get_last_sample(basesink) else { return false }
      gst_sample_unref(sample)
      return true
    }
    var writer = JPEGWriter()
    #expect(try lastSample(of: writer.bytes))
    let good = writer.bytes
    let header = try #require(good.firstRange(of: writer.frameHeader))
    (writer.width, writer.height) = (30000, 30000)
    #expect(try !lastSample(of: good[..<header.lowerBound] + writer.frameHeader + good[header.upperBound...]))
  }

  // MARK: Compressed tracks

  private func element(_ identifier: [UInt8], _ content: [UInt8], sizeBytes: Int = 8) -> [UInt8] {
    let size = content.count | 1 << (7 * sizeBytes)
    return identifier + (0..<sizeBytes).map { UInt8(truncatingIfNeeded: size >> (8 * (sizeBytes - 1 - $0))) }
      + content
  }

  private let segment: [UInt8] = [0x18, 0x53, 0x80, 0x67, 0x01] + [UInt8](repeating: 0xff, count: 7)
  private let cluster: [UInt8] = [0x1f, 0x43, 0xb6, 0x75, 0xff]
  private let packed: [UInt8] = [0x6d, 0x80, 0x81, 0x00]

  /// In pieces of every size, and not in what only looks like it.
  @Test func packedTracksAreFound() {
    let track = element([0xae], element([0xd7], [1], sizeBytes: 1) + packed, sizeBytes: 4)
    let head = element([0x1a, 0x45, 0xdf, 0xa3], [1, 2, 3], sizeBytes: 1)
    let block = element([0xa3], packed + packed)
    // An entry that claims to be longer than what it is in.
    let overlong = element([0x16, 0x54, 0xae, 0x6b], [0xae, 0x84, 0xec, 0x7f, 0xff, 0])
    let good =
      head + segment + element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x86], packed))) + cluster
      + block
    for (bytes, isPacked) in [
      (good, false), (head + segment + element([0x16, 0x54, 0xae, 0x6b], track), true),
      (good + element([0x16, 0x54, 0xae, 0x6b], track), true),
      (good + overlong + element([0x16, 0x54, 0xae, 0x6b], track), true),
    ] {
      for size in [1, 2, 3, 7, 1000] {
        var watch = PackedTrackWatch()
        let found = stride(from: 0, to: bytes.count, by: size).contains { start in
          bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { watch.problem(in: $0) != nil }
        }
        #expect(found == isPacked)
      }
    }
  }

  @Test func recordingsAreNotPacked() async throws {
    var watch = PackedTrackWatch()
    for message in Upload.webm.messages {
      let problem = message.bytes.withUnsafeBytes { watch.problem(in: $0) }
      #expect(problem == nil)
    }
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-webm", recorder)
    let bytes = Upload.webm.messages[0].bytes
    let entry = try #require(bytes.firstRange(of: [0x16, 0x54, 0xae, 0x6b]))
    #expect(
      live.ingest.push(
        Array(bytes[..<entry.lowerBound]) + element([0x16, 0x54, 0xae, 0x6b], element([0xae], packed)))
        == .needsRestart("the frames of the recording are packed or encrypted"))
    await live.stop()
  }
}
