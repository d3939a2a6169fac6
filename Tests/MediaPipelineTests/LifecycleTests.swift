import ExamModel
import Foundation
import GLibRuntime
import MediaPipeline
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct LifecycleTests {
  /// Other tests run in parallel with a few pipelines each; fifty that leak are more than those.
  @Test func fiftyCyclesLeaveNoThreadAndNoDescriptor() async throws {
    func cycle(_ count: Int) async throws {
      for index in 0..<count {
        let live = try await LivePipeline.start(
          shipped: index % 2 == 0 ? "video-x-vp8" : "video-webm", Recorder())
        live.setRate(.infinity, view: .tile)
        let upload = index % 2 == 0 ? Upload.vp8 : Upload.webm
        for message in upload.messages.prefix(index % 7) { live.ingest.push(message) }
        await live.stop()
      }
    }
    try await cycle(4)
    let descriptors = try Process.entries("fd")
    try await cycle(50)
    #expect(try await eventually { try Process.entries("task", named: "ingest:src") < 25 })
    #expect(try await eventually { try Process.entries("fd") < descriptors + 25 })
    #expect(PipelineReaper.shared.abandoned == 0)
  }

  @Test func cutAnywhereThenStop() async throws {
    for name in ["video-x-vp8", "video-webm", "image-jpeg"] {
      let upload = ["video-x-vp8": Upload.vp8, "video-webm": .webm, "image-jpeg": .jpeg][name]!
      for cut in [1, 13, 400, 2000, 4999] {
        let live = try await LivePipeline.start(shipped: name, Recorder())
        for view in PictureView.allCases { live.setRate(.infinity, view: view) }
        let bytes = upload.messages.prefix(3).flatMap(\.bytes)
        live.ingest.push(Array(bytes.prefix(cut)), isKeyFrame: true)
        await live.stop()
      }
    }
    #expect(PipelineReaper.shared.abandoned == 0)
  }

  @Test func stoppingFromSeveralTasksWaitsForAll() async throws {
    let live = try await LivePipeline.start(shipped: "video-x-vp8", Recorder())
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { await live.stop() } }
    }
    #expect(live.ingest.push(Upload.vp8.messages[0]) == .closed)
  }

  @Test func aPipelineThatHangsIsAbandonedAndCounted() async throws {
    let release = DispatchSemaphore(value: 0)
    let entered = Flag()
    let live = try await LivePipeline.start(
      PipelineTemplate(contentsOf: Paths.pipeline("video-x-vp8")), name: "hanging", analysisRate: 5,
      taps: MediaTaps(
        analysis: { _ in
          entered.set()
          release.wait()
        }, picture: { _, _ in }, failed: { _ in }))
    live.ingest.push(Upload.vp8.messages[0])
    #expect(await eventually { entered.isSet })
    await live.stop()
    #expect(PipelineReaper.shared.abandoned == 1)
    // Others can still be stopped.
    let other = try await LivePipeline.start(shipped: "video-x-vp8", Recorder())
    await other.stop()
    release.signal()
    #expect(await eventually { PipelineReaper.shared.abandoned == 0 })
  }

  @Test func namesAreNeverText() async throws {
    let file = NSTemporaryDirectory() + "exam-injected-\(UUID().uuidString)"
    let live = try await LivePipeline.start(
      PipelineTemplate(contentsOf: Paths.pipeline("video-x-vp8")),
      name: "\" ! filesink location=\(file) videotestsrc num-buffers=1 ! \"", analysisRate: 5,
      taps: Recorder().taps)
    live.ingest.push(Upload.vp8.messages[0])
    #expect(await eventually { live.statistics.decoded == 1 })
    await live.stop()
    #expect(!FileManager.default.fileExists(atPath: file))
  }
}

extension Process {
  /// The number of this process's threads or descriptors; threads only if their name contains a word.
  static func entries(_ kind: String, named name: String? = nil) throws -> Int {
    let entries = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(kind)")
    guard let name else { return entries.count }
    return entries.filter { entry in
      (try? String(contentsOfFile: "/proc/self/\(kind)/\(entry)/comm", encoding: .utf8))?.contains(name)
        == true
    }.count
  }
}
