import Foundation

/// The media type a student's page announces, such as `video/webm;codecs="vp9,opus"` (RFC 9110, section 8.3.1; the
/// parameter `codecs`: RFC 6381).
struct MediaType: Sendable, Equatable {
  /// As used in the names of pipeline files: `video-webm`.
  let name: String
  /// The video codecs it names, as used in the names of pipeline files (`vp9`): nil without that parameter, empty if it
  /// names only audio codecs.
  let videoCodecs: [String]?

  /// - Parameter text: case does not matter, nor do spaces around the parts. Browsers omit the quotes that a list of
  ///   codecs should have.
  init?(_ text: String) {
    guard text.utf8.count <= 200, var parts = Self.split(text, at: ";") else { return nil }
    let type = parts.removeFirst().split(separator: "/", omittingEmptySubsequences: false).map(Self.trimmed)
    guard type.count == 2, type.allSatisfy(Self.isToken) else { return nil }
    name = type.joined(separator: "-").lowercased()

    var codecs: [String]?
    for part in parts where !Self.trimmed(part).isEmpty {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, case let parameter = Self.trimmed(pair[0]).lowercased(), Self.isToken(parameter)
      else { return nil }
      // If there are several, the first counts.
      guard codecs == nil, let value = Self.value(of: parameter, Self.trimmed(pair[1])) else { continue }
      codecs = value.split(separator: ",").map(Self.trimmed).filter { !$0.isEmpty }
    }
    videoCodecs = codecs.map { $0.filter { !Self.isSound($0) }.map(Self.codecFamily) }
  }

  /// Browsers also write a codec with its profile: `vp09.00.10.08` is VP9, `avc1.42E01E` is H.264.
  static func codecFamily(_ codec: String) -> String {
    let first = codec.lowercased().prefix { $0 != "." }
    return switch first {
    case "vp08": "vp8"
    case "vp09": "vp9"
    case "avc1", "avc2", "avc3", "avc4": "h264"
    case "hvc1", "hev1", "hevc": "h265"
    case "av01": "av1"
    case "mjpeg", "mjpg", "mjpa", "mjpb": "jpeg"
    default: String(first)
    }
  }

  /// Whether it is an audio codec. A container may have audio too; it is ignored.
  static func isSound(_ codec: String) -> Bool {
    let first = codec.lowercased().prefix { $0 != "." }
    return [
      "opus", "vorbis", "mp4a", "mp3", "aac", "flac", "alac", "ac-3", "ac-4", "ec-3", "dtsc", "dtse", "dtsh",
      "dtsl",
      "speex", "pcm", "lpcm", "ipcm", "fpcm", "sowt", "twos", "ulaw", "alaw", "samr", "sawb", "1",
    ].contains(String(first))
  }

  /// The value of the parameter `codecs`, or of the percent-encoded `codecs*` (RFC 6381, section 3.2); nil for any
  /// other.
  private static func value(of parameter: String, _ written: String) -> String? {
    switch parameter {
    case "codecs":
      guard written.hasPrefix("\"") else { return written }
      var text = ""
      var isEscaped = false
      for character in written.dropFirst().dropLast() {
        if character == "\\", !isEscaped {
          isEscaped = true
        } else {
          text.append(character)
          isEscaped = false
        }
      }
      return text
    case "codecs*":
      // Character set, language and the text itself.
      return written.split(separator: "'", omittingEmptySubsequences: false).last.map(String.init)?
        .removingPercentEncoding
    default: return nil
    }
  }

  /// The parts between separators outside of quotes; nil if a quote is not closed.
  private static func split(_ text: String, at separator: Character) -> [Substring]? {
    var parts: [Substring] = []
    var start = text.startIndex
    var isQuoted = false
    var isEscaped = false
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == separator, !isQuoted {
        parts.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    parts.append(text[start...])
    return isQuoted ? nil : parts
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    text.trimmingCharacters(in: .whitespaces)
  }

  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
