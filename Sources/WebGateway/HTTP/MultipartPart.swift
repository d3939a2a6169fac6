public import GLibRuntime

/// A picture as one part of a multipart/x-mixed-replace stream: built once, shared by all streams without copying.
///
/// A part is the picture followed at once by the next part's boundary and headers, which carry no `Content-Length`: a
/// browser's `<img>` shows a picture only when the next part's headers have arrived, and at that time the next
/// picture's length is unknown. ffmpeg (`-f mpjpeg`), GStreamer (`multipartdemux`) and curl accept this form too:
/// without a length they search for the boundary.
public struct MultipartPart: Sendable {
  static let boundary = "exam-monitoring-picture"
  static let contentType = "multipart/x-mixed-replace; boundary=" + boundary
  private static let separator = Array("--\(boundary)\r\nContent-Type: image/jpeg\r\n\r\n".utf8)
  private static let trailer = Array("\r\n".utf8) + separator

  /// The first boundary and headers, sent before the first picture.
  static let opening = SharedBytes(separator)
  /// What a stream sends before its first picture to find out whether the client is still there: part of the preamble,
  /// which every reader skips.
  static let preamble = SharedBytes(Array("\r\n".utf8))

  let bytes: SharedBytes

  /// Copies `jpeg` into a part.
  public init(_ jpeg: SharedBytes) {
    let trailer = Self.trailer
    bytes = SharedBytes(count: jpeg.count + trailer.count) { target in
      jpeg.withUnsafeBytes { target.copyMemory(from: $0) }
      UnsafeMutableRawBufferPointer(rebasing: target[jpeg.count...]).copyBytes(from: trailer)
    }
  }
}
