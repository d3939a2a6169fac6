import Foundation
import Testing

@testable import MediaPipeline

@Suite struct CodedFrameHeaderTests {
  private func read(_ codec: InspectedCodec, _ bytes: [UInt8]) -> CodedFrameHeader {
    bytes.withUnsafeBytes { codec.header(of: $0) }
  }

  @Test func recordedFramesAreReadAsTheyAre() {
    for message in Upload.vp8.messages {
      #expect(read(.vp8, message.bytes) == (message.isKey ? .key(width: 480, height: 360) : .delta))
    }
    for message in Upload.jpeg.messages {
      #expect(read(.jpeg, message.bytes) == .key(width: 320, height: 240))
    }
  }

  /// Any prefix of a frame is handled without reading past its end; Swift would trap.
  @Test(arguments: [
    InspectedCodec.vp8, .vp9, .jpeg, .av1, .png, .h264(.byteStream), .h264(.lengthPrefixed(4)),
  ]) func noBeginningAndNoNoiseTraps(codec: InspectedCodec) {
    for bytes in [Upload.vp8.messages[0].bytes, Upload.jpeg.messages[0].bytes] {
      for count in 0..<1000 { _ = read(codec, Array(bytes.prefix(count))) }
    }
    var random = SeededGenerator(state: 11)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<40, using: &random)
      var noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      if count > 4, codec == .jpeg { noise.replaceSubrange(0..<3, with: [0xff, 0xd8, 0xff]) }
      if count > 2, codec == .jpeg { noise.replaceSubrange(count - 2..<count, with: [0xff, 0xd9]) }
      _ = read(codec, noise)
    }
  }

  @Test func vp9KeyFrameAnnouncesItsSize() {
    // frame_marker 2, profile 0, key, shown; sync code; colour space 1, range 0; 1279, 719; as bits.
    #expect(
      read(.vp9, bits("10 00 0 0 1 0" + sync + "001 0" + size(1280, 720))) == .key(width: 1280, height: 720))
    #expect(
      read(.vp9, bits("10 00 0 0 1 0" + sync + "001 0" + size(16000, 16000)))
        == .key(width: 16000, height: 16000))
    #expect(read(.vp9, bits("10 00 1 000")) == .delta)
    guard case .malformed = read(.vp9, bits("10 00 0 0 1 0 00000000 11111111 00000000 001 0" + size(64, 64)))
    else {
      Issue.record("a key frame without its sync code was taken")
      return
    }
  }

  /// A frame between key frames may have a size of its own.
  @Test func vp9DeltaFrameMayChangeTheSize() {
    let references = "00000000 000 0 000 0 000 0"
    #expect(
      read(.vp9, bits("10 00 0 1 1 0 00" + references + "0 0 0" + size(9000, 8000)))
        == .resizedDelta(width: 9000, height: 8000))
    #expect(read(.vp9, bits("10 00 0 1 1 0 00" + references + "0 1 0000000000000000")) == .delta)
  }

  @Test func vp9SuperframeAnswersForItsLargestFrame() {
    let small = bits("10 00 0 0 1 0" + sync + "001 0" + size(320, 240))
    let large = bits("10 00 0 1 1 0 00 00000000 000 0 000 0 000 0 0 0 0" + size(16000, 16000))
    let marker: UInt8 = 0b110_00_001  // sizes of one byte, two frames
    let superframe = small + large + [marker, UInt8(small.count), UInt8(large.count), marker]
    #expect(read(.vp9, superframe) == .key(width: 16000, height: 16000))
  }

  /// libvpx continues after a frame with the next; an index of one frame makes it stop.
  @Test func vp9FramesAreClosed() throws {
    let frame = bits("10 00 0 0 1 0" + sync + "001 0" + size(320, 240))
    for count in [1, 255, 256, 70_000] {
      let block = frame + [UInt8](repeating: 0, count: count)
      let index = try #require(block.withUnsafeBytes { VP9Header.closingIndex(for: $0) })
      #expect((block + index).withUnsafeBytes { VP9Header.closingIndex(for: $0) } == nil)
      #expect(read(.vp9, block + index) == .key(width: 320, height: 240))
      // Only a frame's own bytes count.
      let size = (1..<index.count - 1).reduce(0) { $0 | Int(index[$1]) << (8 * ($1 - 1)) }
      #expect(size == block.count)
    }
  }

  @Test func vp9WithMoreThanEightBitsIsNotTaken() {
    #expect(
      read(.vp9, bits("10 01 0 0 1 0" + sync + "0 001 0" + size(64, 64)))
        == .malformed("VP9 with more than 8 bits a colour"))
  }

  private let sync = "01001001 10000011 01000010"

  private func size(_ width: Int, _ height: Int) -> String {
    func sixteen(_ value: Int) -> String {
      let digits = String(value, radix: 2)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return sixteen(width - 1) + sixteen(height - 1)
  }

  private func bits(_ text: String) -> [UInt8] {
    var digits = text.filter { $0 != " " }
    while digits.count % 8 != 0 { digits.append("0") }
    return stride(from: 0, to: digits.count, by: 8).map { start in
      let from = digits.index(digits.startIndex, offsetBy: start)
      return UInt8(digits[from..<digits.index(from, offsetBy: 8)], radix: 2)!
    }
  }
}
