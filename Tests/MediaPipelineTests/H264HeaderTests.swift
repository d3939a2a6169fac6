import Testing

@testable import MediaPipeline

/// A decoder allocates memory by the coded size, and by how many pictures of it are kept.
@Suite(.timeLimit(.minutes(1))) struct H264HeaderTests {
  /// A sequence parameter set (ITU-T H.264, section 7.3.2.1.1).
  private struct ParameterSet {
    var profile = 66
    var macroblocks = (wide: 40, high: 30)
    var crop: (right: Int, bottom: Int)?
    var references = 1
    var framesOnly = true
    var unit: UInt8 = 0x67
    /// Deltas of the first scaling list, for profiles that have them.
    var scaling: [Int] = []

    var bytes: [UInt8] {
      var bits = ""
      func put(_ count: Int, _ value: Int) {
        let digits = String(value, radix: 2)
        bits += String(repeating: "0", count: count - digits.count) + digits
      }
      func golomb(_ value: Int) {
        let digits = String(value + 1, radix: 2)
        bits += String(repeating: "0", count: digits.count - 1) + digits
      }
      put(8, profile)
      put(16, 40)
      golomb(0)
      if profile != 66 {
        golomb(1)
        golomb(0)
        golomb(0)
        put(1, 0)
        put(1, scaling.isEmpty ? 0 : 1)
        if !scaling.isEmpty {
          put(1, 1)
          for delta in scaling { golomb(delta > 0 ? 2 * delta - 1 : -2 * delta) }
          put(7, 0)
        }
      }
      golomb(0)
      golomb(2)
      golomb(references)
      put(1, 0)
      golomb(macroblocks.wide - 1)
      golomb(macroblocks.high - 1)
      put(1, framesOnly ? 1 : 0)
      if !framesOnly { put(1, 0) }
      put(1, 1)
      put(1, crop == nil ? 0 : 1)
      if let crop { for value in [0, crop.right, 0, crop.bottom] { golomb(value) } }
      put(1, 0)
      bits += "1"
      while bits.count % 8 != 0 { bits += "0" }
      let raw = stride(from: 0, to: bits.count, by: 8).map { start in
        let from = bits.index(bits.startIndex, offsetBy: start)
        return UInt8(bits[from..<bits.index(from, offsetBy: 8)], radix: 2)!
      }
      return raw.reduce(into: [unit]) { bytes, byte in
        if bytes.suffix(2) == [0, 0], byte <= 3 { bytes.append(3) }
        bytes.append(byte)
      }
    }
  }

  private func read(_ bytes: [UInt8], _ format: H264Header.Format = .byteStream) -> CodedFrameHeader {
    bytes.withUnsafeBytes { H264Header.read($0, format: format) }
  }

  private let slice: [UInt8] = [0x65, 0x88, 0x84, 0x21, 0xa0, 0xff, 0xfe]
  private let code: [UInt8] = [0, 0, 0, 1]
  private let large = ParameterSet(macroblocks: (1020, 938), crop: (7840, 7264))

  @Test func theCodedSizeCounts() {
    #expect(read(code + ParameterSet().bytes + code + slice) == .parameters(width: 640, height: 480))
    #expect(read(code + large.bytes + code + slice) == .parameters(width: 16320, height: 15008))
    // Except the rest of the last macroblock: 1080 is not a multiple of 16.
    let full = ParameterSet(macroblocks: (120, 68), crop: (0, 4), references: 4)
    #expect(read(code + full.bytes) == .parameters(width: 1920, height: 1080))
    let fields = ParameterSet(macroblocks: (120, 34), crop: (0, 2), framesOnly: false)
    #expect(read(code + fields.bytes) == .parameters(width: 1920, height: 1080))
    #expect(read(code + slice) == .unmarked)
  }

  @Test func realStreamsAreReadAsTheyAre() async throws {
    for (profile, size) in [("baseline", (1280, 720)), ("high", (1920, 1080)), ("main", (322, 242))] {
      let stream = try await TestPictures.run(
        "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=\(size.0),height=\(size.1)"
          + " ! x264enc tune=zerolatency speed-preset=ultrafast byte-stream=true"
          + " ! video/x-h264,stream-format=byte-stream,profile=\(profile)")
      #expect(read(stream) == .parameters(width: size.0, height: size.1))
    }
  }

  @Test func everySetOfAFrameIsRead() {
    let small = code + ParameterSet().bytes
    for bytes in [
      small + code + large.bytes + code + slice, code + large.bytes + small,
      small + code + slice + [0, 0, 1] + large.bytes,
      [0xff] + code + large.bytes + [0, 0, 0, 0],
      small + [0, 0, 1] + ParameterSet(macroblocks: (1020, 938), unit: 0x6f).bytes,
      code + ParameterSet(profile: 144, macroblocks: (1020, 938)).bytes,
      code + ParameterSet(profile: 100, macroblocks: (1020, 938), scaling: [-7, -1]).bytes,
    ] {
      #expect(read(bytes).size.map { $0.width } == 16320)
    }
  }

  @Test func aSetHasItsBytesAgainstStartCodesTakenOut() {
    // Scaling lists of many zeros before the size.
    let set = ParameterSet(profile: 100, macroblocks: (1020, 938), references: 0)
    var withZeros = set
    withZeros.scaling = [-8]
    #expect(read(code + withZeros.bytes).size.map { $0.width } == 16320)
    let escaped = ParameterSet(macroblocks: (1 << 15, 1 << 15))
    #expect(escaped.bytes.contains(3) && read(code + escaped.bytes).size.map { $0.width } == 1 << 19)
  }

  @Test func whatIsKeptForReferenceIsBounded() {
    var set = ParameterSet(macroblocks: (120, 68), crop: (0, 4), references: 5)
    #expect(
      read(code + set.bytes)
        == .malformed("H.264 that keeps 5 pictures of 1920x1080 for reference; 4 are enough"))
    set.macroblocks = (40, 30)
    set.crop = nil
    set.references = 16
    #expect(read(code + set.bytes) == .parameters(width: 640, height: 480))
    set.references = 17
    #expect(read(code + set.bytes) == .malformed("an H.264 frame with damaged parameter sets"))
  }

  @Test func aSetThatEndsTooEarlyIsRefused() {
    let whole = large.bytes
    for count in 1..<whole.count - 1 {
      guard case .malformed = read(code + Array(whole.prefix(count))) else {
        Issue.record(
          "\(count) of \(whole.count) bytes were taken: \(read(code + Array(whole.prefix(count))))")
        continue
      }
    }
  }

  @Test func lengthsAndTheContainersRecord() {
    func prefixed(_ unit: [UInt8], _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: unit.count >> (8 * (size - 1 - $0))) } + unit
    }
    let small = ParameterSet().bytes
    for size in [1, 2, 4] {
      let bytes = prefixed(small, size) + prefixed(slice, size)
      #expect(read(bytes, .lengthPrefixed(size)) == .parameters(width: 640, height: 480))
      // A unit may contain a start code, at which FFmpeg resynchronises.
      let hidden = prefixed(slice + [0, 0, 1] + large.bytes, size)
      #expect(read(bytes + hidden, .lengthPrefixed(size)).size.map { $0.width } == 16320)
      guard case .malformed = read(bytes.dropLast(), .lengthPrefixed(size)) else {
        Issue.record("a truncated unit was taken")
        return
      }
    }
    let records: [([[UInt8]], [[UInt8]])] = [
      ([small], [large.bytes]), ([small, large.bytes], []), ([large.bytes], [small]),
    ]
    for (first, second) in records {
      var record: [UInt8] = [1, 66, 0, 40, 0xff, 0xe0 | UInt8(first.count)]
      for unit in first { record += prefixed(unit, 2) }
      record.append(UInt8(second.count))
      for unit in second { record += prefixed(unit, 2) }
      let (format, header) = record.withUnsafeBytes { H264Header.readConfiguration($0) }
      #expect(format == .lengthPrefixed(4) && header.size.map { $0.width } == 16320)
    }
  }
}

extension H264HeaderTests {
  private func read(_ bytes: ArraySlice<UInt8>, _ format: H264Header.Format) -> CodedFrameHeader {
    bytes.withUnsafeBytes { H264Header.read($0, format: format) }
  }
}
