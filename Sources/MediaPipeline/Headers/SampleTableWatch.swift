/// Searches an MP4 (ISO/IEC 14496-12) as its pieces arrive for what makes a demuxer use far more memory than it was
/// sent: sample tables that consist of a number only (`trun`, `stsz`), for each sample of which `qtdemux` keeps 32
/// bytes for good, up to 200 MB, and a compressed header (`cmov`), which it expands to 200 MB and which, if it lies
/// about its size, ends the process for lack of memory.
///
/// The boxes are found by name wherever they are. A walk from box to box could be misled by what the demuxer parses
/// differently; in picture data four bytes in 300 GB look like one by chance, and cost a restart.
struct SampleTableWatch {
  /// Four and a half hours at 30 per second; 16 MB in `qtdemux`.
  static let maximumSamples = 500_000

  /// Before the number come the box's size, name, version and flags, and in `stsz` the common sample size.
  private static let longestMark = 20

  private var samples = 0
  /// The last bytes of the previous pieces: a box may be split between two.
  private var tail: [UInt8] = []

  /// Takes the next piece.
  ///
  /// - Returns: if it must not reach a demuxer, a text for its sender.
  mutating func problem(in piece: UnsafeRawBufferPointer) -> String? {
    let window = tail + piece
    let seen = tail.count
    tail = Array(window.suffix(Self.longestMark - 1))
    return window.withUnsafeBytes { window in
      guard window.count >= 8 else { return nil }
      for offset in 0...(window.count - 8) {
        // No box in a header is larger than what the demuxer accepts: 32 MB.
        guard window[offset] <= 2, let byteCount = Self.bytesUpToNumber(Self.word(window, offset + 4)) else {
          continue
        }
        let end = offset + 8 + byteCount
        guard end > seen, end <= window.count else { continue }
        guard byteCount > 0 else { return "the header of the recording is compressed" }
        samples += Int(Self.word(window, end - 4))
        if samples > Self.maximumSamples {
          return "the recording lists more than \(Self.maximumSamples) samples"
        }
      }
      return nil
    }
  }

  /// The bytes of a box from after its name to the end of the number of samples, of which `cmvd` has none; nil for other
  /// boxes.
  private static func bytesUpToNumber(_ name: UInt32) -> Int? {
    switch name {
    case 0x7472_756e: 8  // trun
    case 0x7374_737a: 12  // stsz
    case 0x636d_7664: 0  // cmvd
    default: nil
    }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
