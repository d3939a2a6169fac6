import ExamModel
import Foundation
import GLibRuntime
import MediaPipeline
import Testing

@Suite(.timeLimit(.minutes(2))) struct LivePipelineTests {
  @Test(arguments: [
    ("video-x-vp8", Upload.vp8, 320, 240, 480, 360), ("image-jpeg", Upload.jpeg, 320, 240, 320, 240),
    ("video-webm", Upload.webm, 320, 240, 640, 480),
  ])
  func recordedUploadsComeOutAtAllTaps(
    name: String, upload: Upload, width: Int, height: Int, focusWidth: Int, focusHeight: Int
  ) async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: name, recorder)
    for view in PictureView.allCases { live.setRate(.infinity, view: view) }
    let results = await live.feed(upload.messages.prefix(60))
    #expect(results.allSatisfy { $0 == .accepted })
    #expect(
      await eventually { recorder.now.focus.count >= 20 && recorder.now.tiles.count >= 20 })
    await live.stop()
    let seen = recorder.now
    #expect(seen.failures.isEmpty)
    #expect(seen.analysis.allSatisfy { $0.width == width && $0.height == height })
    #expect(seen.tiles.allSatisfy { $0.width == width && $0.height == height && $0.isWholeJPEG })
    #expect(seen.focus.allSatisfy { $0.width == focusWidth && $0.height == focusHeight && $0.isWholeJPEG })
    // Not a grey area: the recordings show a person in front of a blurred room.
    let luma = seen.analysis.last!.pixels.prefix(width * height)
    #expect(Set(luma).count > 50)
    #expect(live.statistics.decoded >= 20)
  }

  @Test(arguments: [("video-x-vp8", Upload.vp8), ("image-jpeg", Upload.jpeg)])
  func captureTimesArriveWithTheirPictures(name: String, upload: Upload) async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: name, recorder)
    live.setRate(.infinity, view: .tile)
    // A clock that jumps: an hour back, far ahead, negative, and the value GStreamer takes for no time.
    let jumps: [Int64] = [0, -3_600_000_000, .max / 2, -5, -1, .min, 7]
    var sent: [Int64] = []
    for (index, message) in upload.messages.prefix(30).enumerated() {
      let stamp = index < 10 ? message.capturedAt : jumps[index % jumps.count] &+ Int64(index)
      let before = recorder.now.analysis.count
      #expect(live.ingest.push(message.bytes, capturedAt: stamp, isKeyFrame: message.isKey) == .accepted)
      sent.append(stamp)
      // One in, one out, so each picture is known to be that of its frame.
      #expect(await eventually { recorder.now.analysis.count == before + 1 })
    }
    #expect(recorder.now.analysis.map(\.capturedAt) == sent)
    #expect(Set(recorder.now.tiles.map(\.capturedAt)).isSubset(of: sent))
    await live.stop()
  }

  @Test func containerPicturesCarryTheTimeOfTheirChunk() async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-webm", recorder)
    let messages = Upload.webm.messages.prefix(20)
    _ = await live.feed(messages)
    #expect(await eventually { recorder.now.analysis.count >= 10 })
    await live.stop()
    #expect(Set(recorder.now.analysis.map(\.capturedAt)).isSubset(of: messages.map(\.capturedAt)))
    #expect(Set(recorder.now.analysis.map(\.capturedAt)).count > 3)
  }

  @Test func shutViewsCostNothingAndOpenSoon() async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-x-vp8", recorder)
    _ = await live.feed(Upload.vp8.messages[..<30])
    #expect(await eventually { live.statistics.decoded == 30 })
    #expect(recorder.now.tiles.isEmpty && recorder.now.focus.isEmpty)
    #expect(recorder.now.analysis.count > 5)

    live.setRate(.infinity, view: .focus)
    _ = await live.feed(Upload.vp8.messages[30..<32])
    #expect(await eventually { recorder.now.focus.count >= 1 })
    #expect(recorder.now.tiles.isEmpty)

    live.setRate(0, view: .focus)
    #expect(await eventually { live.statistics.decoded == 32 })
    let count = recorder.now.focus.count
    _ = await live.feed(Upload.vp8.messages[32..<60])
    #expect(await eventually { live.statistics.decoded == 60 })
    #expect(recorder.now.focus.count == count)
    await live.stop()
  }

  @Test func ratesAreUpperBounds() async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(
      shipped: "video-x-vp8", analysisRate: 0.001, recorder)
    live.setRate(.infinity, view: .tile)
    live.setRate(0.001, view: .focus)
    _ = await live.feed(Upload.vp8.messages[..<40])
    #expect(await eventually { live.statistics.decoded == 40 })
    #expect(recorder.now.analysis.count <= 1)
    #expect(recorder.now.focus.count <= 1)
    #expect(recorder.now.tiles.count > 5)
    live.setAnalysisRate(.infinity)
    _ = await live.feed(Upload.vp8.messages[40..<60])
    #expect(await eventually { recorder.now.analysis.count > 5 })
    await live.stop()
  }

  @Test func aStreamThatChangesItsSizeGoesOn() async throws {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "image-jpeg", recorder)
    for view in PictureView.allCases { live.setRate(.infinity, view: view) }
    for (width, height) in [(480, 360), (360, 480), (64, 48), (1280, 720), (33, 17)] {
      let picture = try await TestPictures.jpeg(width: width, height: height)
      let before = recorder.now
      #expect(live.ingest.push(picture) == .accepted)
      #expect(
        await eventually {
          recorder.now.analysis.count > before.analysis.count && recorder.now.focus.count > before.focus.count
            && recorder.now.tiles.count > before.tiles.count
        })
    }
    let sizes = recorder.now.analysis.map { "\($0.width)x\($0.height)" }
    #expect(sizes == ["320x240", "240x320", "64x48", "320x180", "33x17"])
    #expect(
      recorder.now.focus.map { "\($0.width!)x\($0.height!)" } == [
        "480x360", "360x480", "64x48", "640x360", "33x17",
      ])
    #expect(recorder.now.failures.isEmpty)
    await live.stop()
  }

  @Test func noTapIsCalledAfterStop() async throws {
    for cut in [0, 1, 2, 5, 11, 23] {
      let recorder = Recorder()
      let live = try await LivePipeline.start(shipped: "video-x-vp8", recorder)
      live.setRate(.infinity, view: .tile)
      for message in Upload.vp8.messages.prefix(cut) { live.ingest.push(message) }
      await live.stop()
      let calls = recorder.now.calls
      #expect(live.ingest.push(Upload.vp8.messages[0]) == .closed)
      for _ in 0..<20 { await Task.yield() }
      #expect(recorder.now.calls == calls)
      await live.stop()
    }
  }

  /// GStreamer keeps the taps alive as long as it may call them, and no longer.
  @Test(arguments: [true, false]) func nothingIsKeptOfAPipelineThatIsGone(isStopped: Bool) async throws {
    weak var kept: Recorder?
    do {
      let recorder = Recorder()
      kept = recorder
      let live = try await LivePipeline.start(shipped: "video-x-vp8", recorder)
      live.setRate(.infinity, view: .tile)
      _ = await live.feed(Upload.vp8.messages[..<5])
      #expect(await eventually { !recorder.now.tiles.isEmpty })
      // One that is merely released is taken down by the reaper.
      if isStopped { await live.stop() }
    }
    #expect(await eventually { kept == nil })
  }
}

extension TapPicture {
  var isWholeJPEG: Bool {
    jpeg.withUnsafeBytes { $0.count > 200 && $0[0] == 0xff && $0[1] == 0xd8 && $0[$0.count - 1] == 0xd9 }
  }
}
