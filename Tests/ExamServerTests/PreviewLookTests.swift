import ExamModel
import FaceCheck
import Foundation
import MediaPipeline
import Synchronization
import Testing

@testable import ExamServer

/// A preview passing through the real pipeline and the real face check, while exams need every check available.
@Suite(.timeLimit(.minutes(1))) struct PreviewLookTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// More students than can be checked as often as they should be: each has a new picture as soon as one is checked.
  private final class Exam: Sendable {
    private let lanes = Mutex<[FaceCheckLane]>([])
    private let checked = Mutex(0)
    /// Noise, so that all of it is searched.
    private let picture = AnalysisPicture(
      width: 320, height: 240,
      pixels: (0..<AnalysisPicture.byteCount(width: 320, height: 240)).map { _ in .random(in: 0...255) },
      capturedAt: 0)

    init(students: Int, in faces: FaceCheckPool) {
      for number in 0..<students {
        let lane = faces.addLane(
          name: "student \(number)",
          onObservation: { [weak self] _ in
            guard let self else { return }
            checked.withLock { $0 += 1 }
            let lane = lanes.withLock { $0.indices.contains(number) ? $0[number] : nil }
            // No face is found, and if nothing changes the next check costs next to nothing.
            lane?.searchWholePictureNext()
            lane?.offer(picture)
          }, onFailure: { Issue.record("\($0)") })
        lanes.withLock { $0.append(lane) }
      }
      for lane in lanes.withLock({ $0 }) { lane.offer(picture) }
    }

    var checks: Int { checked.withLock { $0 } }

    func end() {
      for lane in lanes.withLock({ $0 }) { lane.close() }
    }
  }

  @Test func noCheckOfAnExamWaitsForAPreview() async throws {
    var configuration = FaceCheckConfiguration()
    configuration.workers = 1
    configuration.checksPerSecond = 30
    configuration.wholePictureEvery = .zero
    let faces = try FaceCheckPool(
      models: FaceModels(folder: Self.root.appending(path: "Models").path), configuration: configuration)
    defer { faces.shutdown() }
    let pipelines = try PipelineCatalog(folder: Self.root.appending(path: "Pipelines").path)
    let recording = try Data(
      contentsOf: Self.root.appending(path: "Recordings/jpeg_worker_320_q70.mjpeg"))
    let jpeg = [UInt8](recording.prefix(9509))

    let exam = Exam(students: 100, in: faces)
    guard case .waitedInVain = await PreviewRoute.look(at: jpeg, faces: faces, pipelines: pipelines) else {
      Issue.record("the preview was checked though students waited")
      return
    }
    #expect(exam.checks > 10)
    exam.end()
    guard
      case .checked(let observation) = await PreviewRoute.look(at: jpeg, faces: faces, pipelines: pipelines)
    else {
      Issue.record("the preview was not checked though nobody waited")
      return
    }
    #expect(observation.faces.count == 1)
  }
}
