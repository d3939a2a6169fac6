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
      let area = header.size.map { $0.width * $0.height } ?? 0
      if area > (best.size.map { $0.width * $0.height } ?? 0) {
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
    let truncated = CodedFrameHeader.malformed("a truncated VP9 frame")
    guard bits.read(2) == 2, let low = bits.read(1), let high = bits.read(1) else {
      return .malformed("not a VP9 frame")
    }
    let profile = high << 1 | low
    // Browsers send 8 bits; with more, every picture that a decoder keeps takes twice the memory.
    guard profile < 2 else { return .malformed("VP9 with more than 8 bits a colour") }
    guard let showsExisting = bits.read(1) else { return truncated }
    if showsExisting == 1 { return .delta }
    guard let isDelta = bits.read(1), let isShown = bits.read(1), let isResilient = bits.read(1) else {
      return truncated
    }
    if isDelta == 0 {
      guard bits.read(24) == 0x498342 else { return .malformed("a VP9 key frame without its sync code") }
      guard bits.skipColorConfig(profile: profile), let size = bits.readSize() else { return truncated }
      return .key(width: size.width, height: size.height)
    }
    let isIntra = isShown == 1 ? 0 : bits.read(1)
    guard let isIntra, isResilient == 1 || bits.read(2) != nil else { return truncated }
    if isIntra == 1 {
      guard bits.read(24) == 0x498342 else { return .malformed("a VP9 frame without its sync code") }
      if profile > 0, !bits.skipColorConfig(profile: profile) { return truncated }
      guard bits.read(8) != nil, let size = bits.readSize() else { return truncated }
      return .resizedDelta(width: size.width, height: size.height)
    }
    // Eight refresh flags, then three references of three bits and a sign.
    guard bits.read(8) != nil, bits.read(12) != nil else { return truncated }
    for _ in 0..<3 {
      guard let keepsSize = bits.read(1) else { return truncated }
      if keepsSize == 1 { return .delta }
    }
    guard let size = bits.readSize() else { return truncated }
    return .resizedDelta(width: size.width, height: size.height)
  }
}

extension BitReader {
  fileprivate mutating func skipColorConfig(profile: Int) -> Bool {
    guard let colorSpace = read(3) else { return false }
    let isSRGB = colorSpace == 7
    let rest = isSRGB ? (profile & 1 == 1 ? 1 : 0) : (profile & 1 == 1 ? 4 : 1)
    return read(rest) != nil
  }

  fileprivate mutating func readSize() -> (width: Int, height: Int)? {
    guard let width = read(16), let height = read(16) else { return nil }
    return (width + 1, height + 1)
  }
}
