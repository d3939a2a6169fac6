import ExamModel

/// What a worker of the pool does with a picture. The pool's tests supply their own.
protocol PictureChecking {
  /// Checks one picture of one student.
  ///
  /// - Parameters:
  ///   - tracker: what is remembered of the student's earlier pictures.
  ///   - isBehind: whether checks are late because there are too many.
  /// - Throws: `FaceCheckError`.
  func check(
    _ picture: AnalysisPicture, tracker: inout FaceTracker, now: SuspendingClock.Instant, isBehind: Bool
  ) throws -> FaceObservation
}

/// One check of a picture, from the tracker's plan to the observation: detectors, head pose, luminance.
final class PictureChecker: PictureChecking {
  /// Points closer to the edge than this share of the picture's width are guesses: the real point is outside.
  private static let margin = 0.03

  private let finder: FaceFinder

  init(finder: FaceFinder) { self.finder = finder }

  func check(
    _ picture: AnalysisPicture, tracker: inout FaceTracker, now: SuspendingClock.Instant, isBehind: Bool
  ) throws -> FaceObservation {
    let luminance = picture.luminance
    let motion = picture.motion(since: &tracker.samples)
    let scene = picture.sceneGrid
    let edges = scene.edges
    func observation(_ faces: [DetectedFace], _ tier: FaceObservation.Tier, isSure: Bool = true)
      -> FaceObservation
    {
      FaceObservation(
        faces: faces, tier: tier, isSure: isSure,
        isCountKnown: tier != .trackedFace || tracker.isSceneUnchanged,
        showsSurroundings: faces.isEmpty && tracker.knowsSurroundings(of: scene),
        showsPerson: faces.isEmpty && tracker.knowsPerson(of: scene), luminance: luminance.mean,
        contrast: luminance.deviation, edges: edges, motion: motion, capturedAt: picture.capturedAt)
    }

    guard luminance.deviation >= FaceThreshold.leastContrast else {
      _ = tracker.accept([], scene: scene, at: now)
      return observation([], .notSearched)
    }
    let plan = tracker.plan(at: now, scene: scene, isBehind: isBehind)
    if plan == .nothing { return observation([], .notSearched) }
    if case .trackedFace(let box, let place) = plan {
      let found = try finder.faces(
        in: SearchSquare(following: box, in: picture), of: picture, minimumScore: FaceThreshold.proposed)
      if let followed = tracker.follow(found.map(\.finding), scene: scene, at: now) {
        if let place, !tracker.isSomebodyProposed {
          let square = SearchSquare(atTopOf: place, in: picture)
          for face in try finder.faces(in: square, of: picture, minimumScore: FaceThreshold.proposed) {
            tracker.propose(face.finding, at: now)
          }
        }
        if !tracker.searchesForProposed(at: now) {
          return observation(
            [detected(found[followed], in: picture, by: BlazeFace.pose)], .trackedFace,
            isSure: !tracker.isInDoubt)
        }
      }
    }

    let found = try finder.faces(in: picture, minimumScore: tracker.leastScore)
    var faces = tracker.accept(found.map(\.finding), scene: scene, at: now).map {
      detected(found[$0], in: picture, by: CenterFace.pose)
    }
    // BlazeFace's six points give the better pose.
    if faces.count == 1,
      let closer = try finder.faces(
        in: SearchSquare(following: faces[0].box, in: picture), of: picture,
        minimumScore: FaceThreshold.surelyTracked
      ).first(where: { $0.box.overlap(with: faces[0].box) >= FaceTracker.sameFaceOverlap })
    {
      faces[0].pose = pose(of: closer, in: picture, by: BlazeFace.pose)
    }
    return observation(faces, .wholePicture)
  }

  private func detected(
    _ face: FaceFinder.Face, in picture: AnalysisPicture, by estimator: HeadPoseEstimator
  ) -> DetectedFace {
    DetectedFace(box: face.box, score: face.score, pose: pose(of: face, in: picture, by: estimator))
  }

  /// The pose of a face; nil if eyes, nose or mouth are outside the picture, where they are only guessed.
  private func pose(
    of face: FaceFinder.Face, in picture: AnalysisPicture, by estimator: HeadPoseEstimator
  ) -> HeadPose? {
    let margin = Self.margin * Double(picture.width)
    let isInside = face.landmarks.allSatisfy { landmark, point in
      landmark.isEar
        || (margin...Double(picture.width) - margin).contains(point.x)
          && (0...Double(picture.height)).contains(point.y)
    }
    return isInside ? estimator.pose(of: face.landmarks) : nil
  }
}

extension FaceFinder.Face {
  fileprivate var finding: FaceTracker.Finding { FaceTracker.Finding(box: box, score: score) }
}
