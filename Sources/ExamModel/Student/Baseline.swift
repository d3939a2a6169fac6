/// How one student usually looks to the server: medians over the first seconds with one face in the picture. Thresholds
/// are taken relative to it, so that a camera that stands to the side makes nobody look away.
public struct Baseline: Sendable, Hashable, Codable {
  /// Degrees, positive to the right of the picture; `nil` where the face's points never determined it.
  public let yaw: Float?
  /// Height of the face as a fraction of the picture's.
  public let faceHeight: Float
  /// Mean luma, 0...255.
  public let luminance: Float
  /// From so many checks.
  public let checks: Int

  public init(yaw: Float?, faceHeight: Float, luminance: Float, checks: Int) {
    self.yaw = yaw
    self.faceHeight = faceHeight
    self.luminance = luminance
    self.checks = checks
  }

  private enum CodingKeys: String, CodingKey {
    case yaw
    case faceHeight = "face_height"
    case luminance, checks
  }
}
