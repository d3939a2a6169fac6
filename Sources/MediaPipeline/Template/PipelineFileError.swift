/// What is wrong with a pipeline file, for the operator who wrote it.
public struct PipelineFileError: Error, Sendable, CustomStringConvertible {
  /// Path of the file or folder as configured.
  public let file: String
  /// The line, from 1, if known.
  public var line: Int?
  /// The cause; in GStreamer's words if GStreamer found it.
  public let cause: String
  /// What to do about it.
  public let hint: String

  /// `Pipelines/video-webm.launch:12: no element "vp8decc"; …`
  public var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(cause)\(hint.isEmpty ? "" : "; \(hint)")"
  }
}
