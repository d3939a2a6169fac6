import ExamModel
import Glibc

/// Estimates where a head points to from a handful of points of its face.
///
/// Weak perspective: the points are an orthographic projection of a rigid model, scaled. The 2x3 matrix that maps the
/// model to the points is found by least squares, the rotation nearest to it by polar decomposition. This is the POS
/// step of DeMenthon & Davis, "Model-Based Object Pose in 25 Lines of Code", IJCV 15, 1995, for more than four points.
///
/// Measured error of the yaw: 3.5 degrees with BlazeFace's points, 5.6 with CenterFace's. Pitch is coarse.
struct HeadPoseEstimator: Sendable {
  /// For BlazeFace's six points: eyes, nose, middle of the mouth, ears; the left one in the picture first.
  static let blazeFace = HeadPoseEstimator(model: [
    [-0.5, 0.362, 0.12], [0.5, 0.362, 0.12], [0, -0.168, 0.75], [0, -0.688, 0.48],
    [-1.04, 0.065, -0.75], [1.04, 0.065, -0.75],
  ])

  /// For CenterFace's five points: eyes, nose, corners of the mouth; the left one in the picture first.
  static let centerFace = HeadPoseEstimator(model: [
    [-0.5, 0.52, -0.10], [0.5, 0.52, -0.10], [0, -0.02, 0.31], [-0.42, -0.50, -0.05], [0.42, -0.50, -0.05],
  ])

  /// The points of the model around their mean: x to the right of the picture, y up, z to the camera; the unit is the
  /// distance between the eyes.
  let model: [SIMD3<Double>]
  /// One row per point: `model (modelᵀ model)⁻¹`, so that the least squares solution is a sum over the points.
  private let solution: [SIMD3<Double>]

  /// - Precondition: the points of `model` do not lie in one plane.
  init(model points: [SIMD3<Double>]) {
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
  /// - Parameter points: in the order of the model, in square pixels, x to the right and y down.
  /// - Returns: degrees; nil where the points lie on one line or another number of them came.
  func pose(of points: [SIMD2<Double>]) -> HeadPose? {
    guard points.count == model.count else { return nil }
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
    // The inverse of the root; its determinant is `root`, and the common divisors cancel in part.
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
