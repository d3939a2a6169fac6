import ExamModel

/// Checks the pictures of one recording one after the other, as the pool checks a student's, at the times that it is told.
public final class RecordingChecker {
  private let checker: PictureChecker
  private var tracker: FaceTracker
  private let start = SuspendingClock.now

  /// - Parameter searchPhase: 0...1, where in its period the regular search of the whole picture comes.
  /// - Throws: `FaceCheckError` naming the file that is wrong.
  public init(models: FaceModels, configuration: FaceCheckConfiguration, searchPhase: Double) throws {
    checker = PictureChecker(finder: try FaceFinder(FaceNetworks(models: models)))
    tracker = FaceTracker(
      wholePictureEvery: configuration.wholePictureEvery, searchPhase: searchPhase)
  }

  /// - Parameters:
  ///   - at: since the recording began; it never goes back.
  ///   - searchesWholePicture: whether the whole picture is searched, whatever the tracker would do.
  /// - Throws: `FaceCheckError`.
  public func check(
    _ picture: AnalysisPicture, at: Duration, searchesWholePicture: Bool
  ) throws -> FaceObservation {
    if searchesWholePicture { tracker.searchWholePictureNext() }
    return try checker.check(picture, tracker: &tracker, now: start + at, isBehind: false)
  }
}
