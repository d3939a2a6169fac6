import ExamModel
import Glibc
import Testing

@testable import FaceCheck

@Suite struct HeadPoseEstimatorTests {
  /// The estimator's model turned by known angles (degrees), scaled and shifted, as pixels with y down.
  private func project(
    _ estimator: HeadPoseEstimator, yaw: Double = 0, pitch: Double = 0, roll: Double = 0, scale: Double = 40
  ) -> [SIMD2<Double>] {
    let (y, p, r) = (yaw * .pi / 180, pitch * .pi / 180, roll * .pi / 180)
    return estimator.model.map { point in
      // The nose, on the z axis, goes to the right with the yaw, then up with the pitch; then the picture turns.
      let turned = SIMD3(point.x * cos(y) + point.z * sin(y), point.y, point.z * cos(y) - point.x * sin(y))
      let raised = SIMD3(
        turned.x, turned.y * cos(p) + turned.z * sin(p), turned.z * cos(p) - turned.y * sin(p))
      let rolled = SIMD2(raised.x * cos(r) - raised.y * sin(r), raised.x * sin(r) + raised.y * cos(r))
      return SIMD2(160 + scale * rolled.x, 120 - scale * rolled.y)
    }
  }

  private let estimators = [HeadPoseEstimator.blazeFace, .centerFace]

  @Test(arguments: [-60, -35, -30, -10, 0, 10, 30, 35, 60])
  func yawIsPositiveToTheRightOfThePicture(yaw: Int) throws {
    for estimator in estimators {
      let pose = try #require(estimator.pose(of: project(estimator, yaw: Double(yaw))))
      #expect(abs(pose.yaw - Float(yaw)) < 0.01)
      #expect(abs(pose.pitch) < 0.01)
      #expect(abs(pose.roll) < 0.01)
    }
  }

  @Test(arguments: [-40, -15, 0, 15, 40])
  func pitchIsPositiveUpwards(pitch: Int) throws {
    for estimator in estimators {
      let pose = try #require(estimator.pose(of: project(estimator, pitch: Double(pitch))))
      #expect(abs(pose.pitch - Float(pitch)) < 0.01)
      #expect(abs(pose.yaw) < 0.01)
    }
  }

  @Test(arguments: [-90, -45, 0, 20, 45, 120])
  func rollIsCounterclockwise(roll: Int) throws {
    for estimator in estimators {
      let pose = try #require(estimator.pose(of: project(estimator, roll: Double(roll))))
      #expect(abs(pose.roll - Float(roll)) < 0.01)
      #expect(abs(pose.yaw) < 0.01)
    }
  }

  @Test func sizeAndPlaceDoNotMatter() throws {
    for estimator in estimators {
      for scale in [3.0, 40, 400] {
        let points = project(estimator, yaw: 25, scale: scale).map { $0 + SIMD2(1000, -30) }
        #expect(abs(try #require(estimator.pose(of: points)).yaw - 25) < 0.01)
      }
    }
  }

  @Test func pointsThatJitterByAFewPercentMoveTheYawByAFewDegrees() throws {
    let estimator = HeadPoseEstimator.blazeFace
    // Half a pixel of jitter, up and down in turn, where the eyes are 40 pixels apart.
    let points = project(estimator, yaw: 20).enumerated().map { index, point in
      point + (index % 2 == 0 ? SIMD2(0.5, -0.5) : SIMD2(-0.5, 0.5))
    }
    #expect(abs(try #require(estimator.pose(of: points)).yaw - 20) < 3)
  }

  @Test func pointsOnALineOrTooFewHaveNoPose() {
    for estimator in estimators {
      let count = estimator.model.count
      #expect(estimator.pose(of: (0..<count).map { SIMD2(Double($0), 2 * Double($0)) }) == nil)
      #expect(estimator.pose(of: [SIMD2<Double>](repeating: [5, 5], count: count)) == nil)
      #expect(estimator.pose(of: project(estimator).dropLast()) == nil)
    }
  }
}
