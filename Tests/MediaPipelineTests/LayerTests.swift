import ExamModel
import Testing

@testable import MediaPipeline

@Suite struct LayerFilterTests {
  /// Layers 0, 2, 1, 2 at ten frames a second, as the page sends them.
  private static let cycle = [0, 2, 1, 2]

  /// Plays `seconds` and returns the layers that passed in the last two seconds.
  private func play(
    _ filter: inout LayerFilter, from start: Int = 0, seconds: Int, wanted: Double, keyAt: Int? = nil
  ) -> [Int] {
    var passed: [Int] = []
    for frame in (start * 10)..<(start + seconds) * 10 {
      let layer = Self.cycle[frame % 4]
      let passes = filter.passes(
        layer: layer, isKeyFrame: frame == 0 || frame == keyAt, wanted: wanted, at: Int64(frame) * 100_000)
      if passes, frame >= (start + seconds - 2) * 10 { passed.append(frame == keyAt ? 0 : layer) }
    }
    return passed
  }

  @Test(arguments: [(2.0, 0), (2.5, 0), (5.0, 1), (8.0, 2), (15.0, 2)])
  func asManyLayersPassAsAreWanted(wanted: Double, highest: Int) {
    var filter = LayerFilter()
    #expect(play(&filter, seconds: 6, wanted: wanted).max() == highest)
    #expect(!filter.wantsKeyFrame)
  }

  @Test func whatWasLeftOutComesBackWithAKeyFrame() {
    var filter = LayerFilter()
    _ = play(&filter, seconds: 4, wanted: 5)
    #expect(play(&filter, from: 4, seconds: 2, wanted: 10).max() == 1)
    #expect(filter.wantsKeyFrame)
    #expect(play(&filter, from: 6, seconds: 2, wanted: 10, keyAt: 60).max() == 2)
    #expect(!filter.wantsKeyFrame)
  }

  @Test func aStreamWithoutLayersPassesWhole() {
    var filter = LayerFilter()
    let passed = (0..<100).count {
      filter.passes(layer: 0, isKeyFrame: $0 == 0, wanted: 1, at: Int64($0) * 100_000)
    }
    #expect(passed == 100)
  }
}

@Suite(.timeLimit(.minutes(1))) struct LayeredUploadTests {
  /// The luma of each analysed picture by its capture time, for the recording sent at its own rate by its own clock.
  private func pictures(wanted: Double) async throws -> (pictures: [Int64: [UInt8]], thinned: Int) {
    let recorder = Recorder()
    let live = try await LivePipeline.start(shipped: "video-x-vp8", recorder)
    live.ingest.setWantedRate(wanted)
    let messages = Upload.layeredVP8.messages
    var (accepted, thinned) = (0, 0)
    for (index, message) in messages.enumerated() {
      let result = message.bytes.withUnsafeBytes {
        live.ingest.push(
          $0, capturedAt: Int64(index), isKeyFrame: message.isKey, temporalLayer: message.temporalLayer,
          at: Int64(index) * 100_000)
      }
      if result == .accepted { accepted += 1 } else { thinned += 1 }
      // Not only from the decoder: what has not been taken from it yet is replaced by the next picture.
      #expect(await eventually { recorder.now.analysis.count == accepted })
    }
    await live.stop()
    return (
      Dictionary(uniqueKeysWithValues: recorder.now.analysis.map { ($0.capturedAt, $0.pixels) }), thinned
    )
  }

  @Test func picturesOfLowerLayersAreTheSameWithoutTheUpperOnes() async throws {
    let all = try await pictures(wanted: 30)
    let few = try await pictures(wanted: 2)
    #expect(all.thinned == 0)
    #expect(few.thinned > 60)
    #expect(few.pictures.count > 25)
    let different = few.pictures.filter { all.pictures[$0.key] != $0.value }.keys.sorted()
    #expect(different.isEmpty)
  }
}
