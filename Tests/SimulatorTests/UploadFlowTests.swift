import Testing

@testable import Simulator

@Suite struct UploadFlowTests {
  @Test func beginsWithAKeyFrame() {
    var flow = UploadFlow()
    flow.welcomed(window: 4)
    #expect(flow.offer(isKey: false) == .waitsForKeyFrame)
    #expect(flow.offer(isKey: true) == .send(sequence: 0))
    #expect(flow.offer(isKey: false) == .send(sequence: 1))
  }

  @Test func sendsNoMoreThanTheWindowAndThenWaitsForAKeyFrame() {
    var flow = UploadFlow()
    flow.welcomed(window: 2)
    #expect(flow.offer(isKey: true) == .send(sequence: 0))
    #expect(flow.offer(isKey: false) == .send(sequence: 1))
    #expect(flow.offer(isKey: false) == .windowFull)
    flow.acknowledged(0)
    // The frame that was skipped is missing from what follows.
    #expect(flow.offer(isKey: false) == .waitsForKeyFrame)
    #expect(flow.offer(isKey: true) == .send(sequence: 2))
    #expect(flow.offer(isKey: true) == .windowFull)
    flow.acknowledged(2)
    #expect(flow.outstanding == 0)
  }

  @Test func oldAcknowledgementsChangeNothing() {
    var flow = UploadFlow()
    flow.welcomed(window: 4)
    for _ in 0..<3 { _ = flow.offer(isKey: true) }
    flow.acknowledged(1)
    #expect(flow.outstanding == 1)
    flow.acknowledged(0)
    #expect(flow.outstanding == 1)
  }

  @Test func aNewConnectionGoesOnCountingWithNothingUnderWay() {
    var flow = UploadFlow()
    flow.welcomed(window: 1)
    _ = flow.offer(isKey: true)
    flow.welcomed(window: 1)
    #expect(flow.offer(isKey: false) == .waitsForKeyFrame)
    #expect(flow.offer(isKey: true) == .send(sequence: 1))
  }

  @Test func aStreamBegunAnewBeginsWithAKeyFrame() {
    var flow = UploadFlow()
    flow.welcomed(window: 4)
    _ = flow.offer(isKey: true)
    flow.restarted()
    #expect(flow.outstanding == 0)
    #expect(flow.offer(isKey: false) == .waitsForKeyFrame)
    #expect(flow.offer(isKey: true) == .send(sequence: 1))
  }
}
