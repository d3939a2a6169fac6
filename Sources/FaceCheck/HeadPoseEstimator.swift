import ExamModel
import Glibc

/// Estimates the direction of a head from a few landmarks of its face.
///
/// Weak perspective: the points are an orthographic projection of a rigid model, scaled. The 2x3 matrix that maps the
/// model to the points is found by least squares, the rotation nearest to it by polar decomposition. This is the POS
/// step of DeMenthon & Davis, "Model-Based Object Pose in 25 Lines of Code", IJCV 15, 1995, for more than four points.
///
/// Measured error of the yaw: 3.5 degrees with BlazeFace's points, 5.6 with CenterFace's. Pitch is coarse.
struct HeadPoseEstimator: Sendable {
  /// The landmarks it uses.
  let landmarks: [Landmark]
  /// The points of the model around their mean: x to the right of the picture, y up, z to the camera; the unit is the
  /// distance between the eyes.
  let model: [SIMD3<Double>]
  /// One row per point: `model (modelᵀ model)⁻¹`, so that the least squares solution is a sum over the points.
  private let solution: [SIMD3<Double>]

  /// - Parameter face: landmarks of a head facing the camera.
  /// - Precondition: they are not coplanar.
  init(model face: KeyValuePairs<Landmark, SIMD3<Double>>) {
    landmarks = face.map(\.key)
    let points = face.map(\.value)
    let mean = points.reduce(.zero, +) / Double(points.count)
    let centred = points.map { $0 - mean }
    // The rows of modelᵀ model, and its inverse by cross products.
    let rows = (0..<3).map { axis in centred.reduce(SIMD3<Double>.zero) { $0 + $1[axis] * $1 } }
    let cofactors = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])]
    let determinant = dot(rows[0], cofactors[0])
    precondition(determinant > 1e-9, "a flat model determines no pose")
    model = centred
    solution = centred.map { point in
      // The inverse is symmetric, so its columns, the cofactors, are also its rows.
      SIMD3(dot(cofactors[0], point), dot(cofactors[1], point), dot(cofactors[2], point)) / determinant
    }
  }

  /// The pose of a face.
  ///
  /// - Parameter face: in square pixels, x to the right and y down.
  /// - Returns: degrees; nil if the landmarks are collinear or a required one is missing.
  func pose(of face: [Landmark: SIMD2<Double>]) -> HeadPose? {
    let points = landmarks.compactMap { face[$0] }
    guard points.count == landmarks.count else { return nil }
    let mean = points.reduce(.zero, +) / Double(points.count)
    var first = SIMD3<Double>.zero
    var second = SIMD3<Double>.zero
    for (point, weights) in zip(points, solution) {
      first += (point.x - mean.x) * weights
      second -= (point.y - mean.y) * weights
    }
    // The nearest matrix with orthonormal rows is (A Aᵀ)^(-1/2) A, and the root of a 2x2 matrix has a closed form:
    // sqrt(S) = (S + sqrt(det S) I) / sqrt(trace S + 2 sqrt(det S)).
    let (a, b, c) = (dot(first, first), dot(first, second), dot(second, second))
    let determinant = a * c - b * b
    let trace = a + c
    guard trace > 0, determinant > 1e-6 * trace * trace else { return nil }
    let root = sqrt(determinant)
    // The inverse of the root; its determinant is `root`, and common divisors partly cancel.
    let scale = 1 / (root * sqrt(trace + 2 * root))
    let x = scale * ((c + root) * first - b * second)
    let y = scale * ((a + root) * second - b * first)
    let z = cross(x, y)
    return HeadPose(
      yaw: degrees(atan2(x.z, z.z)), pitch: degrees(asin(max(-1, min(1, y.z)))),
      roll: degrees(atan2(y.x, y.y)))
  }
}

private func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

private func degrees(_ radians: Double) -> Float { Float(radians * 180 / .pi) }
