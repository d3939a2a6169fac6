import Foundation
import Testing

@testable import MediaPipeline

@Suite struct ContainerFollowerTests {
  /// The recording as one piece, its header alone, and where its clusters begin.
  private static let whole = Upload.webm.messages.flatMap(\.bytes)
  private static let clusters = whole.ranges(of: [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff]).map(\.lowerBound)
  private static let header = Array(whole[..<clusters[0]])

  private func follower(_ type: String = "video/webm") -> ContainerFollower {
    ContainerFollower(mediaType: type)!
  }

  @Test func aContainerIsPassedOnWhole() {
    var follower = follower()
    var passed: [UInt8] = []
    for (index, message) in Upload.webm.messages.enumerated() {
      switch follower.take(message.bytes) {
      case .goesOn: passed += message.bytes
      case .begins(let bytes, let codec):
        #expect(index == 0 && codec == "vp8")
        passed += bytes
      case .kept, .lost: Issue.record("message \(index)")
      }
    }
    #expect(passed == Self.whole)
  }

  /// However the pieces are split: what is fed after the beginning is the container from its first byte on.
  @Test(arguments: [1, 2, 3, 5, 7, 13, 31, 32, 33, 126, 127, 1000, 100_000])
  func aSecondHeaderIsFoundHoweverItIsCut(size: Int) {
    var follower = follower()
    let before = Array(Self.whole[..<(Self.clusters[1] + 1234)])
    #expect(follower.take(before) == .begins(bytes: before, codec: "vp8"))
    // Split anywhere, too: the end of the first recorder's output.
    let second = Array("\u{3}garbage".utf8) + Self.whole[..<3000]
    var passed: [UInt8]?
    for start in stride(from: 0, to: second.count, by: size) {
      let piece = Array(second[start..<min(start + size, second.count)])
      switch follower.take(piece) {
      case .goesOn: passed? += piece
      case .kept: #expect(passed == nil)
      case .begins(let bytes, let codec):
        #expect(passed == nil && codec == "vp8")
        passed = bytes
      case .lost: Issue.record("lost at \(start)")
      }
    }
    #expect(passed == Array(Self.whole[..<3000]))
  }

  @Test func aHeaderTwiceIsOne() {
    var follower = follower()
    #expect(follower.take(Self.header) == .kept)
    #expect(follower.take(Self.header + Self.header) == .kept)
    let rest = Array(Self.whole[Self.clusters[0]..<Self.clusters[1]])
    #expect(follower.take(rest) == .begins(bytes: Self.header + rest, codec: "vp8"))
  }

  @Test func afterAFailureItGoesOnAtTheNextCluster() {
    var follower = follower()
    _ = follower.take(Array(Self.whole[..<(Self.clusters[1] + 40)]))
    follower.pipelineFailed()
    #expect(follower.take(Array(Self.whole[(Self.clusters[1] + 40)..<Self.clusters[2]])) == .lost)
    let next = Array(Self.whole[Self.clusters[2]..<Self.clusters[3]])
    #expect(follower.take(Array(next.prefix(3))) == .lost)
    #expect(follower.take(Array(next.dropFirst(3))) == .begins(bytes: Self.header + next, codec: "vp8"))
    #expect(follower.take(next) == .goesOn)
  }

  @Test func withoutAHeaderTheDemuxerIsAsked() {
    var follower = follower()
    #expect(follower.take([1, 2, 3]) == .goesOn)
    follower.pipelineFailed()
    #expect(follower.take([4, 5, 6]) == .goesOn)
    #expect(
      follower.take(Array(Self.whole[..<3000])) == .begins(bytes: Array(Self.whole[..<3000]), codec: "vp8"))
  }

  @Test func aHeaderWithoutEndIsNotKeptForEver() {
    var follower = follower()
    let void = [UInt8](repeating: 0, count: 10_000)
    #expect(follower.take(Self.header) == .kept)
    var steps = 0
    var fed = 0
    while fed == 0, steps < 100 {
      steps += 1
      if case .begins(let bytes, _) = follower.take(void) { fed = bytes.count }
    }
    #expect(steps == 7 && fed == Self.header.count + 70_000)
    #expect(follower.take(void) == .goesOn)
  }

  /// What a page may send at full speed costs time in proportion to its length.
  @Test func thousandsOfMarksInOneMessage() {
    var follower = follower()
    let cluster: [UInt8] = [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x81]
    var message: [UInt8] = []
    while message.count < 250_000 {
      message += Self.header
      for time in [9, 5, 3, 1] as [UInt8] { message += cluster + [time] }
    }
    let took = ContinuousClock().measure { for _ in 0..<4 { _ = follower.take(message) } }
    #expect(took < .seconds(2))
  }

  @Test func noiseIsNoMark() {
    var follower = follower()
    _ = follower.take(Array(Self.whole[..<3000]))
    var random = SeededGenerator(state: 3)
    for _ in 0..<200 {
      // The constant bytes alone.
      let noise = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(follower.take(noise + [0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x41, 0x86] + noise) == .goesOn)
      #expect(follower.take(noise + [0x1f, 0x43, 0xb6, 0x75, 0x9f, 0xa3] + noise) == .goesOn)
    }
  }

  @Test func fragmentedMP4() async throws {
    let bytes = try await TestPictures.run(
      "videotestsrc num-buffers=40 ! video/x-raw,width=160,height=120,framerate=10/1 ! x264enc tune=zerolatency key-int-max=10"
        + " ! h264parse ! mp4mux fragment-duration=1000 streamable=true")
    var follower = follower("video/quicktime")
    let fragment = try #require(bytes.firstRange(of: Array("moof".utf8))).lowerBound - 4
    #expect(follower.take(Array(bytes[..<fragment])) == .kept)
    #expect(follower.take(Array(bytes[fragment...])) == .begins(bytes: bytes, codec: "h264"))
    // In the middle of a message that the previous recorder did not finish.
    #expect(follower.take(Array(bytes.suffix(50)) + bytes) == .begins(bytes: bytes, codec: "h264"))
    follower.pipelineFailed()
    let second = try #require(bytes[(fragment + 8)...].firstRange(of: Array("moof".utf8))).lowerBound - 4
    #expect(
      follower.take(Array(bytes[(fragment + 1)...]))
        == .begins(bytes: Array(bytes[..<fragment] + bytes[second...]), codec: "h264"))
  }

  @Test func oggWithTwoTracks() async throws {
    let bytes = try await TestPictures.run(
      "oggmux name=mux videotestsrc num-buffers=20 ! theoraenc ! mux. audiotestsrc num-buffers=20 ! vorbisenc ! mux.'"
        .replacing("mux.'", with: "mux. mux."))
    var follower = follower("application/ogg")
    #expect(follower.take(bytes) == .begins(bytes: bytes, codec: nil))
    #expect(follower.take(bytes) == .begins(bytes: bytes, codec: nil))
  }

  @Test func otherFormatsAreNotFollowed() { #expect(ContainerFollower(mediaType: "video/mpegts") == nil) }
}

extension ContainerFollower {
  fileprivate mutating func take(_ bytes: [UInt8]) -> Step { bytes.withUnsafeBytes { take($0) } }
}
