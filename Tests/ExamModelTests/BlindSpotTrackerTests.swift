import Testing

@testable import ExamModel

@Suite struct BlindSpotTrackerTests {
  private let start = ContinuousClock.now

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  private func stream(
    frames: Bool = true, pictures: Bool = true, pipeline: BlindSpotTracker.Stream.Pipeline = .running,
    check: Bool = false
  ) -> BlindSpotTracker.Stream {
    BlindSpotTracker.Stream(
      framesArrive: frames, picturesDecode: pictures, pipeline: pipeline, checkFailed: check)
  }

  /// The stretch between a look at 1 s and the next at 6 s, with ticks between.
  private func stretch(_ stream: BlindSpotTracker.Stream) -> BlindSpotTracker.Stretch? {
    var tracker = BlindSpotTracker()
    tracker.begin(at: at(0))
    #expect(tracker.looked(at: at(1)) == nil)
    for time in stride(from: 1.25, to: 6, by: 0.25) {
      #expect(tracker.tick(at: at(time), stream: stream) == nil)
    }
    return tracker.looked(at: at(6))
  }

  @Test func theCauseIsReadFromTheStream() {
    let causes: [(BlindSpotTracker.Stream, BlindSpot.Cause)] = [
      (stream(), .overload), (stream(pictures: false), .keyFrame),
      (stream(frames: false, pictures: false), .noPicture), (stream(pipeline: .failed), .pipeline),
      // Nobody waits for a key frame if there is nothing to take it.
      (stream(pictures: false, pipeline: .none), .pipeline),
      // The page has not even said what it will send.
      (stream(frames: false, pictures: false, pipeline: .none), .noPicture),
      (stream(check: true), .checkFailed),
    ]
    for (stream, cause) in causes {
      #expect(stretch(stream) == BlindSpotTracker.Stretch(from: at(1), until: at(6), cause: cause))
    }
  }

  @Test func twoSecondsAreNoBlindSpot() {
    var tracker = BlindSpotTracker()
    tracker.begin(at: at(0))
    for time in [2.0, 4, 6] {
      #expect(tracker.tick(at: at(time), stream: stream()) == nil)
      #expect(tracker.looked(at: at(time)) == nil)
    }
  }

  @Test func nothingIsExpectedOfWhoIsNotThere() {
    var tracker = BlindSpotTracker()
    #expect(tracker.tick(at: at(100), stream: stream()) == nil)
    #expect(tracker.looked(at: at(101)) == nil)
    #expect(tracker.end(at: at(102)) == nil)
  }

  @Test func whoGoesInABlindSpotEndsIt() {
    var tracker = BlindSpotTracker()
    tracker.begin(at: at(0))
    _ = tracker.tick(at: at(3), stream: stream(frames: false, pictures: false))
    #expect(
      tracker.end(at: at(5)) == BlindSpotTracker.Stretch(from: at(0), until: at(5), cause: .noPicture))
    #expect(tracker.tick(at: at(50), stream: stream()) == nil)
  }

  @Test func aLongOneIsToldInPiecesAndAChangeOfCauseBeginsAnother() {
    var tracker = BlindSpotTracker()
    tracker.begin(at: at(0))
    var told: [BlindSpotTracker.Stretch] = []
    for time in stride(from: 0.0, through: 70, by: 1) {
      let stream = time < 50 ? stream() : stream(pipeline: .failed)
      if let stretch = tracker.tick(at: at(time), stream: stream) { told.append(stretch) }
    }
    #expect(
      told == [
        BlindSpotTracker.Stretch(from: at(0), until: at(30), cause: .overload),
        BlindSpotTracker.Stretch(from: at(30), until: at(50), cause: .overload),
      ])
    #expect(
      tracker.looked(at: at(71)) == BlindSpotTracker.Stretch(from: at(50), until: at(71), cause: .pipeline))
  }
}
