import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct OnsetPicturesTests {
  private let start = ContinuousClock.now

  @Test func theFirstLargePictureAfterTheSuspicionIsKept() {
    var onset = OnsetPictures()
    let unasked = onset.take(SharedBytes([0]), view: .focus, at: start)
    onset.want(for: .faceMissing)
    let small = onset.take(SharedBytes([0]), view: .tile, at: start)
    #expect(onset.isWanted)
    let first = onset.take(SharedBytes([1, 1]), view: .focus, at: start)
    let second = onset.take(SharedBytes([1, 2, 3]), view: .focus, at: start)
    #expect([unasked, small, first, second] == [false, false, true, false])
    #expect(!onset.isWanted)
    #expect(onset.picture(for: .faceMissing, confirmedAt: start)?.count == 2)
  }

  @Test func whereThePicturesEndedTheLastOneStandsInForAWhile() {
    var onset = OnsetPictures()
    _ = onset.take(SharedBytes([1]), view: .tile, at: start)
    onset.want(for: .videoStopped)
    #expect(onset.picture(for: .videoStopped, confirmedAt: start + .seconds(5))?.count == 1)
    #expect(onset.picture(for: .videoStopped, confirmedAt: start + .seconds(11)) == nil)
  }
}
