import ExamModel
import GLibRuntime

/// One JPEG from a picture tap. The bytes are shared, never copied again.
public struct TapPicture: Sendable {
  /// A complete JPEG, encoded by the pipeline, never the student's own bytes.
  public let jpeg: SharedBytes
  /// Capture time as stamped by the student's page, microseconds since the Unix epoch. For a container (webm) the stamp
  /// of the chunk that completed the picture.
  public let capturedAt: Int64
}

/// Where a live pipeline delivers. Every closure runs on the pipeline's streaming thread or its caller's: it must be
/// quick and must not block, nor call `LivePipeline.stop()` and wait for it.
///
/// No closure is called once `LivePipeline.stop()` has returned.
public struct MediaTaps: Sendable {
  /// The newest picture for the face check, at most at the analysis rate.
  public var analysis: @Sendable (AnalysisPicture) -> Void
  /// Whether `analysis` would be useful now. Asked for each decoded picture.
  public var wantsAnalysis: @Sendable () -> Bool
  /// The newest JPEG of an open view.
  public var picture: @Sendable (PictureView, TapPicture) -> Void
  /// Called at most once, on the pipeline actor: nothing more comes, and the pipeline is to be stopped.
  public var failed: @Sendable (PipelineFailure) -> Void
  /// A warning in GStreamer's words, at most one per ten seconds and pipeline.
  public var warned: @Sendable (String) -> Void

  public init(
    analysis: @escaping @Sendable (AnalysisPicture) -> Void,
    wantsAnalysis: @escaping @Sendable () -> Bool = { true },
    picture: @escaping @Sendable (PictureView, TapPicture) -> Void,
    failed: @escaping @Sendable (PipelineFailure) -> Void,
    warned: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.analysis = analysis
    self.wantsAnalysis = wantsAnalysis
    self.picture = picture
    self.failed = failed
    self.warned = warned
  }
}

/// Why a live pipeline gave up.
public struct PipelineFailure: Error, Sendable, CustomStringConvertible {
  public enum Cause: Sendable {
    /// The stream cannot be decoded: the student's page should restart it.
    case stream
    /// The stream contains what must not reach a decoder, such as pictures above the limit. The message is for the student.
    case refused
    /// The stream ended by itself, as a container can.
    case endOfStream
    /// A fault of the pipeline or of the machine: memory, a missing plugin, a broken file.
    case server
  }

  public let cause: Cause
  /// The element that reported it.
  public let element: String
  /// GStreamer's message.
  public let message: String
  /// GStreamer's detail for developers, possibly empty.
  public let detail: String

  public var description: String { "\(element): \(message)" }
}
