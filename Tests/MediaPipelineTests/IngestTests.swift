import Foundation
import GLibRuntime
import Synchronization
import Testing

@testable import MediaPipeline

@Suite(.timeLimit(.minutes(2))) struct IngestTests {
  @Test func framesBeforeTheFirstKeyFrameAskForOne() async throws {
    let live = try await LivePipeline.start(shipped: "video-x-vp8", Recorder())
    let messages = Upload.vp8.messages
    // What the page says about a VP8 frame does not count, the frame does.
    #expect(live.ingest.push(messages[1].bytes, isKeyFrame: true) == .needsKeyFrame)
    #expect(live.ingest.push(messages[2]) == .needsKeyFrame)
    #expect(live.ingest.push(messages[0].bytes, isKeyFrame: false) == .accepted)
    #expect(live.ingest.push(messages[1]) == .accepted)
    #expect(await eventually { live.statistics.decoded == 2 })
    await live.stop()
  }

  @Test func aLostFrameIsFollowedByAKeyFrame() async throws {
    let live = try await LivePipeline.start(shipped: "video-x-vp8", Recorder())
    let messages = Upload.vp8.messages
    #expect(live.ingest.push(messages[0]) == .accepted)
    let truncated = Array(messages[1].bytes.prefix(5))
    #expect(live.ingest.push(truncated) == .refused("a truncated VP8 frame"))
    #expect(live.ingest.push(messages[2]) == .needsKeyFrame)
    #expect(live.ingest.push(messages[0]) == .accepted)
    #expect(live.ingest.push(messages[1]) == .accepted)
    await live.stop()
  }

  /// An unstarted pipeline would do; here a tap blocks the only streaming thread.
  @Test func overTheBoundFramesAreDroppedUpToTheNextKeyFrame() async throws {
    let blocked = DispatchSemaphore(value: 0)
    let entered = Flag()
    let template = try PipelineTemplate(contentsOf: Paths.pipeline("video-x-vp8"))
    let live = try await LivePipeline.start(
      template, name: "slow", limits: IngestLimits(maximumPendingFrames: 4), analysisRate: 5,
      taps: MediaTaps(
        analysis: { _ in
          entered.set()
          blocked.wait()
        }, picture: { _, _ in }, failed: { _ in }))
    let messages = Upload.vp8.messages
    #expect(live.ingest.push(messages[0]) == .accepted)
    #expect(await eventually { entered.isSet })
    #expect((1...4).map { live.ingest.push(messages[$0]) } == Array(repeating: .accepted, count: 4))
    #expect(live.ingest.push(messages[5]) == .needsKeyFrame)
    #expect(live.statistics.pending == 4)
    for _ in 0..<100 { blocked.signal() }
    #expect(await eventually { live.statistics.pending == 0 })
    // There is capacity again, but the frames in between are missing.
    #expect(live.ingest.push(messages[6]) == .needsKeyFrame)
    #expect(live.ingest.push(messages[0]) == .accepted)
    await live.stop()
  }

  @Test func picturesOverTheBoundAreDroppedOneByOne() async throws {
    let blocked = DispatchSemaphore(value: 0)
    let entered = Flag()
    let template = try PipelineTemplate(contentsOf: Paths.pipeline("image-jpeg"))
    let live = try await LivePipeline.start(
      template, name: "slow", limits: IngestLimits(maximumPendingFrames: 2), analysisRate: 5,
      taps: MediaTaps(
        analysis: { _ in
          entered.set()
          blocked.wait()
        }, picture: { _, _ in }, failed: { _ in }))
    let messages = Upload.jpeg.messages
    #expect(live.ingest.push(messages[0]) == .accepted)
    #expect(await eventually { entered.isSet })
    #expect((1...4).map { live.ingest.push(messages[$0]) } == [.accepted, .accepted, .dropped, .dropped])
    for _ in 0..<100 { blocked.signal() }
    #expect(await eventually { live.statistics.pending == 0 })
    #expect(live.ingest.push(messages[5]) == .accepted)
    await live.stop()
  }

  @Test func aContainerOverTheBoundStartsAnew() async throws {
    let live = try await LivePipeline.start(
      shipped: "video-webm", limits: IngestLimits(maximumPendingBytes: 1000), Recorder())
    guard case .needsRestart = live.ingest.push(Upload.webm.messages[0]) else {
      Issue.record("accepted")
      return
    }
    await live.stop()
  }

  @Test func sizesAreCheckedBeforeTheDecoder() async throws {
    let vp8 = try await LivePipeline.start(shipped: "video-x-vp8", Recorder())
    var key = Upload.vp8.messages[0].bytes
    key.replaceSubrange(6..<10, with: [0x80, 0x3e, 0x80, 0x3e])  // 16000x16000
    #expect(vp8.ingest.push(key) == .refused("a picture of 16000x16000 is larger than 1920x1080"))
    await vp8.stop()

    let jpeg = try await LivePipeline.start(shipped: "image-jpeg", Recorder())
    var picture = Upload.jpeg.messages[0].bytes
    let header = try #require(picture.indices.first { picture[$0] == 0xff && picture[$0 + 1] == 0xc0 })
    picture.replaceSubrange(header + 5..<header + 9, with: [0x3e, 0x80, 0x3e, 0x80])
    #expect(jpeg.ingest.push(picture) == .refused("a picture of 16000x16000 is larger than 1920x1080"))
    #expect(jpeg.ingest.push(Upload.jpeg.messages[1]) == .accepted)
    await jpeg.stop()
    #expect(vp8.statistics.submitted == 0)
  }

  /// The header of the container lies, or the frame inside does.
  @Test(arguments: [true, false]) func aContainersSizeIsCheckedBeforeTheDecoder(inHeader: Bool) async throws {
    var bytes = Upload.webm.messages.prefix(5).flatMap(\.bytes)
    if inHeader {
      // PixelWidth (0xb0) of two bytes, 640.
      let field = try #require(bytes.firstRange(of: [0xb0, 0x82, 0x02, 0x80]))
      bytes.replaceSubrange(field, with: [0xb0, 0x82, 0x3e, 0x80])
    } else {
      let start = try #require(bytes.firstRange(of: [0x9d, 0x01, 0x2a]))
      bytes.replaceSubrange(start.upperBound..<start.upperBound + 4, with: [0x80, 0x3e, 0x80, 0x3e])
    }
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-webm", recorder)
    _ = live.ingest.push(bytes)
    #expect(await eventually { !recorder.now.failures.isEmpty })
    let failure = try #require(recorder.now.failures.first)
    #expect(failure.cause == .refused)
    #expect(failure.message.contains("is larger than 1920x1080"))
    #expect(live.statistics.decoded == 0)
    #expect(await eventually { live.ingest.push(bytes) == .closed })
    await live.stop()
    #expect(recorder.now.failures.count == 1)
  }

  @Test func h264SizesAreCheckedBeforeTheDecoder() async throws {
    let big = try await TestPictures.run(
      "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=2048,height=1200 ! x264enc speed-preset=ultrafast tune=zerolatency byte-stream=true"
    )
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-x-h264", recorder)
    #expect(
      live.ingest.push(big, isKeyFrame: true) == .refused("a picture of 2048x1200 is larger than 1920x1080"))
    #expect(live.statistics.submitted == 0)
    await live.stop()
    #expect(recorder.now.failures.isEmpty)
  }

  @Test func aTruncatedPictureIsRefused() async throws {
    let live = try await LivePipeline.start(shipped: "image-jpeg", Recorder())
    let whole = Upload.jpeg.messages[0].bytes
    for count in [0, 1, 3, 100, whole.count / 2, whole.count - 1] {
      guard case .refused = live.ingest.push(Array(whole.prefix(count))) else {
        Issue.record("\(count) bytes were taken")
        continue
      }
    }
    #expect(live.ingest.push(whole) == .accepted)
    await live.stop()
  }

  @Test func messagesHaveALargestSize() async throws {
    let live = try await LivePipeline.start(
      shipped: "image-jpeg", limits: IngestLimits(maximumMessageBytes: 5000), Recorder())
    #expect(
      live.ingest.push(Upload.jpeg.messages[0]) == .refused("a message of 9509 bytes is larger than 5000"))
    await live.stop()
  }

  @Test(arguments: [("video-x-vp8", Upload.vp8), ("image-jpeg", Upload.jpeg)])
  func goodFramesDecodeAfterGarbage(name: String, upload: Upload) async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(
      shipped: name, limits: IngestLimits(maximumFrameRate: 1e9), recorder)
    var random = SeededGenerator(state: 7)
    for burst in 0..<20 {
      for _ in 0..<20 {
        let noise = (0..<Int.random(in: 0..<3000, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        live.ingest.push(noise, isKeyFrame: Bool.random(using: &random))
        // A frame with a correct header and noise as its body gets as far as the decoder.
        let good = upload.messages[burst].bytes
        live.ingest.push(
          good.prefix(700) + noise + good.suffix(2), isKeyFrame: true)
        _ = await eventually { live.statistics.pending < 3 }
      }
      let before = recorder.now.analysis.count
      _ = await live.feed(upload.messages.prefix(5))
      #expect(await eventually { recorder.now.analysis.count > before })
    }
    #expect(recorder.now.failures.isEmpty)
    await live.stop()
  }

  /// One frame per message or thousands in one chunk: what counts is what reaches the decoder.
  @Test func aFloodEndsTheStream() async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(
      shipped: "video-x-vp8", limits: IngestLimits(maximumFrameRate: 10), recorder)
    _ = await live.feed(Upload.vp8.messages)
    #expect(await eventually { !recorder.now.failures.isEmpty })
    #expect(recorder.now.failures.first?.message == "more than 10 frames per second")
    #expect((50..<120).contains(live.statistics.decoded))
    await live.stop()
  }

  /// A cluster that is only padding is a valid container, but will never yield a picture.
  @Test func aContainerThatHoldsNoFrameEnds() async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(
      shipped: "video-webm", limits: IngestLimits(maximumPendingBytes: 300_000), recorder)
    let bytes = Upload.webm.messages[0].bytes
    let cluster = try #require(bytes.firstRange(of: [0x1f, 0x43, 0xb6, 0x75]))
    let unknownLength: [UInt8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    live.ingest.push(Array(bytes[..<cluster.upperBound]) + unknownLength)
    let void: [UInt8] = [0xec, 0x4f, 0xff] + [UInt8](repeating: 0, count: 0xfff)
    for _ in 0..<200 where recorder.now.failures.isEmpty {
      live.ingest.push(void)
      _ = await eventually { live.statistics.pending == 0 || !recorder.now.failures.isEmpty }
    }
    #expect(await eventually { !recorder.now.failures.isEmpty })
    let message = recorder.now.failures.first?.message ?? "none"
    #expect(message.hasPrefix("no frame in "))
    await live.stop()
  }

  /// Frames that claim to be large and never end, each within the limits.
  @Test func whatAllDemuxersCollectHasABound() async throws {
    let room = IngestRoom(maximumBytes: 2_000_000, share: 100_000)
    let bytes = Upload.webm.messages[0].bytes
    let cluster = try #require(bytes.firstRange(of: [0x1f, 0x43, 0xb6, 0x75]))
    let endless: [UInt8] = [
      0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x81, 0, 0xa3, 0x10, 0x3d, 0, 0,
    ]
    var pipelines: [LivePipeline] = []
    for _ in 0..<4 {
      pipelines.append(
        try await LivePipeline.start(shipped: "video-webm", limits: IngestLimits(room: room), Recorder()))
    }
    let piece = [UInt8](repeating: 0x80, count: 50_000)
    for live in pipelines { live.ingest.push(Array(bytes[..<cluster.upperBound]) + endless) }
    var restarts = 0
    for _ in 0..<20 {
      for live in pipelines {
        if case .needsRestart = live.ingest.push(piece) { restarts += 1 }
        #expect(await eventually { live.statistics.pending == 0 })
      }
      #expect(room.bytes <= 2_000_000)
    }
    #expect(restarts > 0 && room.bytes > 1_500_000)
    // Those that hold little are not affected.
    let recorder = Recorder()
    let honest = try await LivePipeline.start(
      shipped: "video-webm", limits: IngestLimits(room: room), recorder)
    _ = await honest.feed(Upload.webm.messages.prefix(10))
    #expect(await eventually { !recorder.now.analysis.isEmpty })
    for live in pipelines + [honest] { await live.stop() }
    #expect(room.bytes == 0)
  }

  @Test func garbageInAContainerFailsOnlyItsPipeline() async throws {
    let other = Recorder()
    let healthy = try await LivePipeline.start(shipped: "video-webm", other)
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-webm", recorder)
    var random = SeededGenerator(state: 3)
    let isOver = await eventually {
      live.ingest.push((0..<4000).map { _ in UInt8.random(in: 0...255, using: &random) })
      return !recorder.now.failures.isEmpty
    }
    #expect(isOver)
    #expect(recorder.now.failures.first?.cause == .stream)
    _ = await healthy.feed(Upload.webm.messages.prefix(10))
    #expect(await eventually { !other.now.analysis.isEmpty })
    #expect(other.now.failures.isEmpty)
    await live.stop()
    await healthy.stop()
  }

  @Test func aDecoderThatGivesNothingAsksForAKeyFrame() async throws {
    let live = try await LivePipeline.start(shipped: "video-x-h264", Recorder())
    // Slices that refer to parameter sets nobody sent.
    let slice: [UInt8] = [0, 0, 0, 1, 0x65, 0x88, 0x84, 0x21, 0xa0, 0xff, 0xfe]
    var results: [IngestResult] = []
    for index in 0..<60 {
      results.append(live.ingest.push(slice, isKeyFrame: index == 0))
      _ = await eventually { live.statistics.pending == 0 }
    }
    #expect(results.first == .accepted)
    #expect(results.last == .needsKeyFrame)
    #expect(live.statistics.decoded == 0)
    await live.stop()
  }
}

final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
}

/// The same garbage in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
