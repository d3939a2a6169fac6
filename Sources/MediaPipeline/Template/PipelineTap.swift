import ExamModel

/// The ends of a pipeline, by the names of their appsinks.
enum PipelineTap: String, CaseIterable {
  case faces, tile, focus

  init(_ view: PictureView) { self = view == .tile ? .tile : .focus }

  /// The view that gets its pictures; nil for the face check.
  var view: PictureView? { PictureView(name: rawValue) }

  /// All that may reach it, as GStreamer writes it.
  var caps: String { self == .faces ? "video/x-raw,format=(string)I420" : "image/jpeg" }

  /// For messages.
  var purpose: String {
    self == .faces ? "gives raw pictures to the face check" : "gives JPEGs of the \(rawValue) view"
  }
}
