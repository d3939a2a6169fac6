import ExamModel

/// Notices when pictures came and nobody looked at them: a blind spot of the server, which is recorded and never held
/// against the student.
struct BlindSpotWatch {
  typealias Instant = ContinuousClock.Instant

  /// Checks come twice a second; a gap longer than this is none of their jitter.
  private static let tolerance = Duration.seconds(2)

  private var last: (at: Instant, pictures: Int)?

  /// A picture was checked.
  ///
  /// - Parameter picturesSoFar: how many pictures were decoded by now. Where none came there was nothing to look at.
  /// - Returns: how long nobody had looked, if that was too long.
  mutating func observed(at now: Instant, picturesSoFar: Int) -> Duration? {
    defer { last = (now, picturesSoFar) }
    guard let last, now - last.at > Self.tolerance else { return nil }
    // At the rate at which pictures are offered, at least three a second, most of the gap had pictures.
    let expected = Int((now - last.at).inSeconds)
    return picturesSoFar - last.pictures > expected ? now - last.at : nil
  }
}
