/// Limits on what one student may send.
public struct IngestLimits: Sendable {
  /// Largest picture, in pixels; checked before a decoder sees it, in every container.
  var maximumWidth = 1920
  var maximumHeight = 1080
  /// Largest message, in bytes.
  var maximumMessageBytes = 2 << 20
  /// Encoded frames that may wait for the decoder; beyond that frames are dropped up to the next key frame.
  var maximumPendingFrames = 8
  /// Bytes that may wait for the decoder. A container is refused beyond that: nothing can be dropped from its middle.
  /// This many bytes of a container without a single frame end the stream, too.
  var maximumPendingBytes = 4 << 20
  /// Frames per second that may reach a decoder, averaged over some seconds: more ends the stream, since everybody
  /// would pay for decoding one student's flood.
  var maximumFrameRate = 60.0
  /// The capacity for what waits in all pipelines together.
  var room = IngestRoom.shared

  public static let standard = IngestLimits()

  /// Whether a picture is small enough, upright or on its side as a phone sends it.
  func allows(width: Int, height: Int) -> Bool {
    width > 0 && height > 0
      && max(width, height) <= max(maximumWidth, maximumHeight)
      && min(width, height) <= min(maximumWidth, maximumHeight)
  }

  /// Nil if a picture is small enough, else a text for its sender.
  func refusal(of size: (width: Int, height: Int)) -> String? {
    allows(width: size.width, height: size.height)
      ? nil : "a picture of \(size.width)x\(size.height) is larger than \(maximumWidth)x\(maximumHeight)"
  }
}
