@testable import ExamModel

extension FaceObservation {
  /// What a check of an ordinary picture finds: `faces` with a third of its height, in the middle, turned `yaw` degrees
  /// to the side.
  static func seen(
    faces: Int = 1, tier: Tier = .wholePicture, luminance: Float = 120, edges: Float = 40, motion: Float? = 5,
    yaw: Float? = 0, height: Float = 0.3
  ) -> FaceObservation {
    let face = DetectedFace(
      box: NormalizedRect(x: 0.4, y: 0.3, width: 0.2, height: height), score: 0.9,
      pose: yaw.map { HeadPose(yaw: $0, pitch: 0, roll: 0) })
    return FaceObservation(
      faces: Array(repeating: face, count: faces), tier: tier, luminance: luminance, contrast: 40,
      edges: edges, motion: motion, capturedAt: 0)
  }

  static let covered = FaceObservation.seen(faces: 0, luminance: 25, edges: 1, motion: 0.01)
  static let frozen = FaceObservation.seen(motion: 0.02)
}
