/// What is wrong with a pipeline file, for the operator who wrote it.
public struct PipelineFileError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// The file or folder cannot be read.
    case unreadable
    /// `gst_parse_launch` does not accept the text.
    case syntax
    /// An element required by the contract is missing or of the wrong type.
    case contract
    /// What reaches `faces`, `tile` or `focus` can never have the required format.
    case format
    /// The pipeline does not turn frames of its own media type into pictures.
    case proof
  }

  public let code: Code
  /// Path of the file as configured.
  public let file: String
  /// The line, from 1, if known.
  public let line: Int?
  /// The cause; in GStreamer's words if GStreamer found it.
  public let cause: String
  /// What to do about it.
  public let hint: String

  /// `Pipelines/video-webm.launch:12: no element "vp8decc"; …`
  public var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(cause)\(hint.isEmpty ? "" : "; \(hint)")"
  }
}
