/// The uncompressed header of VP9 (bitstream specification, section 6.2) up to the frame size.
enum VP9Header {
  /// In a superframe the header that announces the largest picture counts, since all its frames are decoded.
  static func read(_ frame: UnsafeRawBufferPointer) -> CodedFrameHeader {
    guard !frame.isEmpty else { return .malformed("an empty VP9 frame") }
    var result: CodedFrameHeader?
    for part in parts(of: frame) {
      let header = readOne(part)
      if case .malformed = header { return header }
      guard let best = result else {
        result = header
        continue
      }
      if header.area > best.area {
        // The first frame decides whether all of it can start a stream.
        if case .key = best, let size = header.size {
          result = .key(width: size.width, height: size.height)
        } else if let size = header.size {
          result = .resizedDelta(width: size.width, height: size.height)
        }
      }
    }
    return result ?? .malformed("a VP9 superframe without frames")
  }

  /// An index that declares a block to be one frame, to be appended to it; nil if it has an index. Without one libvpx
  /// continues past the end of the frame, which only decoding finds, and takes what is there for another frame.
  static func closingIndex(for frame: UnsafeRawBufferPointer) -> [UInt8]? {
    guard !frame.isEmpty, index(of: frame) == nil else { return nil }
    var sizeBytes: [UInt8] = []
    var rest = frame.count
    repeat {
      sizeBytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    } while rest > 0
    let marker = 0xc0 | UInt8(sizeBytes.count - 1) << 3
    return [marker] + sizeBytes + [marker]
  }

  /// Annex B: the index at the end repeats its marker byte, 0b110xxxxx, at both of its ends.
  private static func index(
    of frame: UnsafeRawBufferPointer
  ) -> (frames: Int, sizeBytes: Int, byteCount: Int)? {
    let marker = frame[frame.count - 1]
    guard marker & 0xe0 == 0xc0 else { return nil }
    let frames = Int(marker & 7) + 1
    let sizeBytes = Int(marker >> 3 & 3) + 1
    let byteCount = 2 + frames * sizeBytes
    guard frame.count >= byteCount, frame[frame.count - byteCount] == marker else { return nil }
    return (frames, sizeBytes, byteCount)
  }

  private static func parts(of frame: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    guard let index = index(of: frame) else { return [frame] }
    let end = frame.count - index.byteCount
    var parts: [UnsafeRawBufferPointer] = []
    var start = 0
    for part in 0..<index.frames {
      let size = (0..<index.sizeBytes).reduce(0) {
        $0 | Int(frame[end + 1 + part * index.sizeBytes + $1]) << (8 * $1)
      }
      guard size > 0 else { continue }
      guard start + size <= end else { return [] }
      parts.append(UnsafeRawBufferPointer(rebasing: frame[start..<start + size]))
      start += size
    }
    return parts
  }

  private static func readOne(_ frame: UnsafeRawBufferPointer) -> CodedFrameHeader {
    var bits = BitReader(frame)
    return (try? read(&bits)) ?? .malformed("a truncated VP9 frame")
  }

  private static func read(_ bits: inout BitReader) throws(BitReader.Damaged) -> CodedFrameHeader {
    guard try bits.read(2) == 2 else { return .malformed("not a VP9 frame") }
    let (low, high) = (try bits.read(1), try bits.read(1))
    let profile = high << 1 | low
    // Browsers send 8 bits; with more, every picture that a decoder keeps takes twice the memory.
    guard profile < 2 else { return .malformed("VP9 with more than 8 bits a colour") }
    let showsExisting = try bits.readFlag()
    if showsExisting { return .delta }
    let (isDelta, isShown, isResilient) = (try bits.readFlag(), try bits.readFlag(), try bits.readFlag())
    guard isDelta else {
      guard try bits.readsSyncCode() else { return .malformed("a VP9 key frame without its sync code") }
      try bits.skipColorConfig(profile: profile)
      let size = try bits.readSize()
      return .key(width: size.width, height: size.height)
    }
    let isIntra = isShown ? false : try bits.readFlag()
    if !isResilient { try bits.skip(2) }
    if isIntra {
      guard try bits.readsSyncCode() else { return .malformed("a VP9 frame without its sync code") }
      if profile > 0 { try bits.skipColorConfig(profile: profile) }
      try bits.skip(8)
    } else {
      // Eight refresh flags, then three references of three bits and a sign.
      try bits.skip(20)
      for _ in 0..<3 where try bits.readFlag() { return .delta }
    }
    let size = try bits.readSize()
    return .resizedDelta(width: size.width, height: size.height)
  }
}

extension BitReader {
  fileprivate mutating func readsSyncCode() throws(Damaged) -> Bool { try read(24) == 0x498342 }

  fileprivate mutating func skipColorConfig(profile: Int) throws(Damaged) {
    let isSRGB = try read(3) == 7
    try skip(isSRGB ? profile : profile == 1 ? 4 : 1)
  }

  fileprivate mutating func readSize() throws(Damaged) -> (width: Int, height: Int) {
    (try read(16) + 1, try read(16) + 1)
  }
}
