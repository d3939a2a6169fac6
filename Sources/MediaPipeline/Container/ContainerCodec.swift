import Foundation

extension ContainerFormat {
  /// The codec of the first video track, by its name in pipeline files (`vp9`), read from the beginning of a container;
  /// nil if it does not say.
  func videoCodec(in beginning: [UInt8]) -> String? {
    switch self {
    case .matroska: matroskaCodec(in: beginning)
    case .mp4: mp4Codec(in: beginning)
    case .ogg: nil
    }
  }

  /// Element CodecID, 0x86, such as `V_VP9`; those of audio begin with `A_`.
  private func matroskaCodec(in bytes: [UInt8]) -> String? {
    for offset in bytes.indices where bytes[offset] == 0x86 && offset + 4 < bytes.count {
      let count = Int(bytes[offset + 1] & 0x7f)
      guard bytes[offset + 1] & 0x80 != 0, (3...40).contains(count), offset + 2 + count <= bytes.count,
        bytes[offset + 2] == UInt8(ascii: "V"), bytes[offset + 3] == UInt8(ascii: "_")
      else { continue }
      // Text in EBML may be padded with zeros.
      let name = String(
        decoding: bytes[(offset + 4)..<(offset + 2 + count)].prefix { $0 != 0 }, as: UTF8.self)
      return switch name {
      case "MPEG4/ISO/AVC": "h264"
      case "MPEGH/ISO/HEVC": "h265"
      default: MediaType.codecFamily(name)
      }
    }
    return nil
  }

  /// The sample description box: version and flags, the number of entries, and the first entry with its size and name.
  private func mp4Codec(in bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    while let type = rest.firstRange(of: Array("stsd".utf8)) {
      let name = type.upperBound + 12
      guard name + 4 <= bytes.count else { return nil }
      let codec = String(decoding: bytes[name..<name + 4], as: UTF8.self)
      if !MediaType.isSound(codec) { return MediaType.codecFamily(codec) }
      rest = bytes[(name + 4)...]
    }
    return nil
  }
}
