/// Searches an MP4 (ISO/IEC 14496-12) as its pieces arrive for what makes a demuxer use far more memory than it was
/// sent: sample tables that consist of a number only (`trun`, `stsz`), for each sample of which `qtdemux` keeps 32
/// bytes for good, up to 200 MB, and a compressed header (`cmov`), which it expands to 200 MB and which, if it lies
/// about its size, ends the process for lack of memory.
///
/// The boxes are found by name wherever they are. A walk from box to box could be misled by what the demuxer parses
/// differently; in picture data four bytes in 300 GB look like one by chance, and cost a restart.
struct SampleTableWatch {
  enum Finding: Equatable {
    case compressedHeader
    case tooManySamples
  }

  /// Four and a half hours at 30 per second; 16 MB in `qtdemux`.
  static let maximumSamples = 500_000

  /// Before the number come the box's size, name, version and flags, and in `stsz` the common sample size.
  private static let longestMark = 20

  private var samples = 0
  /// The last bytes of the previous pieces: a box may be split between two.
  private var tail: [UInt8] = []

  /// Takes the next piece.
  mutating func finding(in piece: UnsafeRawBufferPointer) -> Finding? {
    let window = tail + piece
    let seen = tail.count
    tail = Array(window.suffix(Self.longestMark - 1))
    return window.withUnsafeBytes { window in
      guard window.count >= 8 else { return nil }
      for offset in 0...(window.count - 8) {
        // No box in a header is larger than what the demuxer accepts: 32 MB.
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

    /// From after the name to the end of the number of samples.
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
