import ExamModel
import Glibc
import Testing

@testable import FaceCheck

@Suite struct HeadPoseEstimatorTests {
  /// The estimator's model turned by known angles (degrees), scaled and shifted, as pixels with y down.
  private func project(
    _ estimator: HeadPoseEstimator, yaw: Double = 0, pitch: Double = 0, roll: Double = 0, scale: Double = 40
  ) -> [Landmark: SIMD2<Double>] {
    let (y, p, r) = (yaw * .pi / 180, pitch * .pi / 180, roll * .pi / 180)
    let points = estimator.model.map { point in
      // The nose, on the z axis, moves to the right with the yaw, then up with the pitch; then the picture turns.
      let turned = SIMD3(point.x * cos(y) + point.z * sin(y), point.y, point.z * cos(y) - point.x * sin(y))
      let raised = SIMD3(
        turned.x, turned.y * cos(p) + turned.z * sin(p), turned.z * cos(p) - turned.y * sin(p))
      let rolled = SIMD2(raised.x * cos(r) - raised.y * sin(r), raised.x * sin(r) + raised.y * cos(r))
      return SIMD2(160 + scale * rolled.x, 120 - scale * rolled.y)
    }
    return Dictionary(uniqueKeysWithValues: zip(estimator.landmarks, points))
  }

  private let estimators = [BlazeFace.pose, CenterFace.pose]

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
        let points = project(estimator, yaw: 25, scale: scale).mapValues { $0 + SIMD2(1000, -30) }
        #expect(abs(try #require(estimator.pose(of: points)).yaw - 25) < 0.01)
      }
    }
  }

  @Test func pointsThatJitterByAFewPercentMoveTheYawByAFewDegrees() throws {
    let estimator = BlazeFace.pose
    // Half a pixel of jitter, alternating up and down, with the eyes 40 pixels apart.
    var points = project(estimator, yaw: 20)
    for (index, landmark) in estimator.landmarks.enumerated() {
      points[landmark]! += index % 2 == 0 ? SIMD2(0.5, -0.5) : SIMD2(-0.5, 0.5)
    }
    #expect(abs(try #require(estimator.pose(of: points)).yaw - 20) < 3)
  }

  @Test func pointsOnALineOrTooFewHaveNoPose() {
    for estimator in estimators {
      let face = project(estimator)
      #expect(estimator.pose(of: face.mapValues { SIMD2($0.x, 2 * $0.x) }) == nil)
      #expect(estimator.pose(of: face.mapValues { _ in [5, 5] }) == nil)
      for landmark in estimator.landmarks {
        #expect(estimator.pose(of: face.filter { $0.key != landmark }) == nil)
      }
    }
  }
}
