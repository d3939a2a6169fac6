/// Limits on what one student may send.
public struct IngestLimits: Sendable {
  /// Largest picture, in pixels; checked before a decoder sees it, in every container.
  public var maximumWidth: Int
  public var maximumHeight: Int
  /// Largest message, in bytes.
  public var maximumMessageBytes: Int
  /// Encoded frames that may wait for the decoder; beyond that frames are dropped up to the next key frame.
  public var maximumPendingFrames: Int
  /// Bytes that may wait for the decoder. A container is refused beyond that: nothing can be dropped from its middle.
  /// This many bytes of a container without a single frame end the stream, too.
  public var maximumPendingBytes: Int
  /// Frames per second that may reach a decoder, averaged over some seconds: more ends the stream, since everybody
  /// would pay for decoding one student's flood.
  public var maximumFrameRate: Double
  /// The capacity for what waits in all pipelines together.
  public var room: IngestRoom

  public init(
    maximumWidth: Int = 1920, maximumHeight: Int = 1080, maximumMessageBytes: Int = 2 << 20,
    maximumPendingFrames: Int = 8, maximumPendingBytes: Int = 4 << 20,
    maximumFrameRate: Double = 60, room: IngestRoom = .shared
  ) {
    self.maximumWidth = maximumWidth
    self.maximumHeight = maximumHeight
    self.maximumMessageBytes = maximumMessageBytes
    self.maximumPendingFrames = maximumPendingFrames
    self.maximumPendingBytes = maximumPendingBytes
    self.maximumFrameRate = maximumFrameRate
    self.room = room
  }

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
