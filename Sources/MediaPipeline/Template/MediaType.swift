/// The media type a student's page announces, such as `video/webm;codecs=vp9`, and the pipeline names that fit it.
struct MediaType: Sendable {
  /// Names of pipelines, the most specific first: `["video-webm.vp9", "video-webm"]`.
  let pipelineNames: [String]

  /// - Parameter text: a MIME type with an optional `codecs` parameter; case and spaces do not matter. The names are
  ///   only ever compared with loaded names and never reach the file system.
  init?(_ text: String) {
    guard text.utf8.count <= 200 else { return nil }
    let parts = text.lowercased().split(separator: ";")
    guard let essence = parts.first.map({ $0.filter { !$0.isWhitespace } }),
      essence.split(separator: "/", omittingEmptySubsequences: false).count == 2,
      !essence.hasPrefix("/"), !essence.hasSuffix("/")
    else { return nil }
    let base = essence.replacing("/", with: "-")
    var names: [String] = []
    for parameter in parts.dropFirst() {
      let text = parameter.filter { !$0.isWhitespace && $0 != "\"" }
      guard text.hasPrefix("codecs=") else { continue }
      for codec in text.dropFirst("codecs=".count).split(separator: ",") {
        names.append("\(base).\(Self.family(of: codec))")
      }
    }
    pipelineNames = names + [base]
  }

  /// Browsers also write a codec with its profile: `vp09.00.10.08` is VP9, `avc1.42E01E` is H.264.
  private static func family(of codec: Substring) -> String {
    let first = codec.prefix { $0 != "." }
    return switch first {
    case "vp09": "vp9"
    case "vp08": "vp8"
    case "avc1", "avc3": "h264"
    case "av01": "av1"
    default: String(first)
    }
  }
}
