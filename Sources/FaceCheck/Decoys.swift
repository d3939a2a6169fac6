import ExamModel

/// Places that BlazeFace takes for a face and CenterFace does not, such as a chair: they must not cause a search at every
/// look. Somebody who is coming looks the same at first, so a place is searched again at once, and then after pauses that
/// double.
struct Decoys: Sendable {
  typealias Instant = SuspendingClock.Instant

  private struct Decoy {
    var box: NormalizedRect
    var rejections = 0
    var until: Instant
  }

  /// More than that many are forgotten, the oldest first.
  private static let capacity = 32
  private static let firstPause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(60)

  private var decoys: [Decoy] = []

  /// Whether a face at this place is worth a search of the whole picture.
  func isNews(_ box: NormalizedRect, at now: Instant) -> Bool {
    !decoys.contains { $0.box.overlap(with: box) >= FaceTracker.sameFaceOverlap && now < $0.until }
  }

  /// A search has found nobody there.
  mutating func reject(_ box: NormalizedRect, at now: Instant) {
    let old = decoys.firstIndex { $0.box.overlap(with: box) >= FaceTracker.sameFaceOverlap }
    var decoy = old.map { decoys.remove(at: $0) } ?? Decoy(box: box, until: now)
    let pause = decoy.rejections == 0 ? .zero : Self.firstPause * (1 << min(decoy.rejections - 1, 10))
    decoy.rejections += 1
    decoy.box = box
    decoy.until = now + min(pause, Self.longestPause)
    if decoys.count == Self.capacity { decoys.removeFirst() }
    decoys.append(decoy)
  }

  /// Somebody is there.
  mutating func forget(_ box: NormalizedRect) {
    decoys.removeAll { $0.box.overlap(with: box) >= FaceTracker.sameFaceOverlap }
  }
}
