/// Looks into an MP4 (ISO/IEC 14496-12) as its pieces come for what takes a demuxer far more memory than it was sent: tables
/// of samples of which only the number is there (`trun`, `stsz`), for each of which `qtdemux` keeps 32 bytes for good,
/// up to 200 MB, and a compressed header (`cmov`), which it unpacks to 200 MB and, where that lies about its size, ends the
/// process for want of memory.
///
/// The boxes are found by their names wherever they are. A walk from box to box could be led astray by what the demuxer
/// reads otherwise; of pictures, four bytes in 300 GB look like one by chance, and cost a new beginning.
struct SampleTableWatch {
  enum Finding: Equatable {
    case compressedHeader
    case tooManySamples
  }

  /// Four and a half hours at 30 a second; 16 MB in `qtdemux`.
  static let maximumSamples = 500_000

  /// A box's size, its name, its version and flags, and of `stsz` the size of all samples come before the number.
  private static let longestMark = 20

  private var samples = 0
  /// The last bytes of the pieces before: a box may be split between two.
  private var tail: [UInt8] = []

  /// Takes the next piece.
  mutating func finding(in piece: UnsafeRawBufferPointer) -> Finding? {
    let window = tail + piece
    let seen = tail.count
    tail = Array(window.suffix(Self.longestMark - 1))
    return window.withUnsafeBytes { window in
      guard window.count >= 8 else { return nil }
      for offset in 0...(window.count - 8) {
        // No box in a header is larger than what the demuxer takes: 32 MB.
        guard window[offset] <= 2, let box = Box(named: Self.word(window, offset + 4)) else { continue }
        let end = offset + 8 + box.bytesUpToNumber
        guard end > seen, end <= window.count else { continue }
        guard box != .cmvd else { return .compressedHeader }
        samples += Int(Self.word(window, end - 4))
        if samples > Self.maximumSamples { return .tooManySamples }
      }
      return nil
    }
  }

  private enum Box {
    case trun, stsz, cmvd

    init?(named name: UInt32) {
      switch name {
      case 0x7472_756e: self = .trun
      case 0x7374_737a: self = .stsz
      case 0x636d_7664: self = .cmvd
      default: return nil
      }
    }

    /// From behind the name to the end of the number of samples.
    var bytesUpToNumber: Int {
      switch self {
      case .cmvd: 0
      case .trun: 8
      case .stsz: 12
      }
    }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
