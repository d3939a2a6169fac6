import ExamModel

/// Where BlazeFace looks, in pixels of a picture: a square around its middle, which lies in the picture.
struct SearchSquare: Sendable, Equatable {
  let x: Float
  let y: Float
  let side: Float

  /// BlazeFace sees a square of so many times the longer side of the face that it follows, as it was measured with.
  private static let sidesOfFace: Float = 2
  /// From this share of the picture's height on a face is large enough to be followed in a square that holds the whole
  /// picture: whoever comes beside it is seen by the same inference. It is then a third of the square, as BlazeFace is
  /// made for.
  static let closeFace: Float = 0.45
  /// A head is the top of what has changed, and a third of the shoulders' width.
  private static let headRoom: Float = 1.3
  /// The least side, as a share of the picture's height: of less BlazeFace sees too few pixels.
  private static let leastSide: Float = 0.25

  /// To follow a face.
  init(following face: NormalizedRect, in picture: AnalysisPicture) {
    let (width, height) = (Float(picture.width), Float(picture.height))
    if Self.isClose(face) {
      self.init(x: width / 2, y: height / 2, side: max(width, height), in: picture)
    } else {
      self.init(
        x: (face.x + face.width / 2) * width, y: (face.y + face.height / 2) * height,
        side: Self.sidesOfFace * max(face.width * width, face.height * height, 1), in: picture)
    }
  }

  /// To see whose head is at the top of a place where something has changed.
  init(atTopOf place: NormalizedRect, in picture: AnalysisPicture) {
    let (width, height) = (Float(picture.width), Float(picture.height))
    let side = max(place.width * width * Self.headRoom, Self.leastSide * height)
    self.init(
      x: (place.x + place.width / 2) * width,
      y: place.y * height + side * (0.5 - (Self.headRoom - 1) / 2), side: side, in: picture)
  }

  private init(x: Float, y: Float, side: Float, in picture: AnalysisPicture) {
    let (width, height) = (Float(picture.width), Float(picture.height))
    // Within what the detector takes, however odd the numbers.
    self.x = min(max(0, x), width)
    self.y = min(max(0, y), height)
    self.side = min(max(1, side), 2 * max(width, height))
  }

  /// Whether the square that follows this face is the whole picture.
  static func isClose(_ face: NormalizedRect) -> Bool { face.height >= closeFace }
}
