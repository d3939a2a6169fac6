import Foundation
import GLibRuntime

/// A pipeline file that was loaded and meets the contract; live pipelines are made from it.
///
/// The contract is by element names: `ingest` (appsrc), `faces` (appsink, I420), `tile` and `focus` (appsink, JPEG),
/// and optional valves `…_gate`. `Pipelines/README.md` explains it to operators.
public struct PipelineTemplate: Sendable {
  /// The file's name without its suffix: `video-webm.vp9`.
  public let name: String
  /// The file's path as configured.
  public let path: String
  let text: PipelineText
  /// Media types of encoded pictures that its decoders accept; nil if they do not say, as with `decodebin`.
  private var decodedTypes: Set<String>?
  /// What `ingest` accepts, if that is a container.
  private var containerType: String?

  /// The suffix of pipeline files.
  public static let suffix = ".launch"

  /// Reads and validates a file. No frame is decoded; `check(deadline:)` does that.
  public init(contentsOf path: String) throws(PipelineFileError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw PipelineFileError(
        file: path, cause: String(cString: strerror(errno)),
        hint: "check that the file exists and may be read")
    }
    guard data.count <= 65536, let text = String(validating: data, as: UTF8.self) else {
      throw PipelineFileError(
        file: path, cause: "not a text of at most 64 KB in UTF-8",
        hint: "a pipeline file is gst-launch text")
    }
    try self.init(text: text, path: path)
  }

  /// Validates a file's text; `path` is for messages and the name.
  init(text: String, path: String) throws(PipelineFileError) {
    self.path = path
    let file = path.split(separator: "/").last ?? ""
    name = String(file.hasSuffix(Self.suffix) ? file.dropLast(Self.suffix.count) : file)
    self.text = PipelineText(text)
    guard !self.text.description.isEmpty else {
      throw error("there is no pipeline in the file", hint: "see Pipelines/README.md")
    }
    let graph = try PipelineGraph.make(self)
    try graph.checkFormats(of: self)
    decodedTypes = graph.decodedTypes()
    containerType = graph.containerType
  }

  /// What is wrong with this file.
  func error(line: Int? = nil, _ cause: String, hint: String) -> PipelineFileError {
    PipelineFileError(file: path, line: line, cause: cause, hint: hint)
  }

  /// For the messages of one stream, if they are pieces of a container of a known format.
  public var follower: ContainerFollower? { containerType.flatMap { ContainerFollower(mediaType: $0) } }

  /// Whether messages are pieces of a container rather than frames.
  public var takesContainer: Bool { containerType != nil }

  /// Whether its decoders accept frames of a codec, by its name in file names (`vp9`).
  func decodes(_ codec: String) -> Bool {
    guard let decodedTypes else { return true }
    let type: String? =
      switch codec {
      case "vp8", "vp9", "av1", "h264", "h265", "theora": "video/x-\(codec)"
      case "jpeg": "image/jpeg"
      default: nil
      }
    return type.map(decodedTypes.contains) ?? false
  }
}
