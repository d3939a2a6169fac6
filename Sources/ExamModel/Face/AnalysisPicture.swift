/// One decoded camera picture at analysis size, as the frame tap hands it to the face check.
///
/// `pixels` is planar I420 without row padding: `width * height` luma bytes, then the two chroma planes of
/// `((width + 1) / 2) * ((height + 1) / 2)` bytes each (Cb, then Cr).
public struct AnalysisPicture: Sendable {
  /// Width in pixels.
  public let width: Int
  /// Height in pixels.
  public let height: Int
  /// The I420 planes, tightly packed.
  public let pixels: [UInt8]
  /// Capture time as the student's page stamped it, microseconds since the Unix epoch.
  public let capturedAt: Int64

  /// - Precondition: `pixels` holds exactly the three planes of a `width` x `height` picture.
  public init(width: Int, height: Int, pixels: [UInt8], capturedAt: Int64) {
    precondition(pixels.count == AnalysisPicture.byteCount(width: width, height: height))
    self.width = width
    self.height = height
    self.pixels = pixels
    self.capturedAt = capturedAt
  }

  /// The number of bytes of a tightly packed I420 picture.
  public static func byteCount(width: Int, height: Int) -> Int {
    width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2)
  }
}
