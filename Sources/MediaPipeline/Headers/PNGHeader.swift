/// The first chunk of a PNG (ISO/IEC 15948, section 11.2.2), which is at a fixed position.
enum PNGHeader {
  static func read(_ frame: UnsafeRawBufferPointer) -> CodedFrameHeader {
    guard frame.count >= 24, frame.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      frame[12..<16].elementsEqual("IHDR".utf8)
    else { return .malformed("not a PNG") }
    let width = frame[16..<20].reduce(0) { $0 << 8 | Int($1) }
    let height = frame[20..<24].reduce(0) { $0 << 8 | Int($1) }
    guard width > 0, height > 0 else { return .malformed("a PNG of \(width)x\(height)") }
    return .key(width: width, height: height)
  }
}
