import ExamModel
import GLibRuntime

/// The picture of the onset of each open suspicion: requested when it begins, taken from the next large picture encoded.
struct OnsetPictures {
  /// If no picture came after the onset, because the pictures had stopped, one up to this much older may be used instead.
  private static let stillTelling = Duration.seconds(10)

  private var wanted: Set<AlertKind> = []
  private var pictures: [AlertKind: SharedBytes] = [:]
  private var latest: (jpeg: SharedBytes, at: Instant)?

  var isWanted: Bool { !wanted.isEmpty }

  mutating func want(for kind: AlertKind) {
    wanted.insert(kind)
    pictures[kind] = nil
  }

  mutating func drop(_ kind: AlertKind) {
    wanted.remove(kind)
    pictures[kind] = nil
  }

  /// Offers a picture that was encoded, for whatever reason.
  ///
  /// - Returns: whether a request was fulfilled and none is left.
  mutating func take(_ jpeg: SharedBytes, view: PictureView, at now: Instant) -> Bool {
    latest = (jpeg, now)
    guard isWanted, view == .focus else { return false }
    for kind in wanted { pictures[kind] = jpeg }
    wanted = []
    return true
  }

  func picture(for kind: AlertKind, confirmedAt now: Instant) -> SharedBytes? {
    if let picture = pictures[kind] { return picture }
    guard let latest, now - latest.at < Self.stillTelling else { return nil }
    return latest.jpeg
  }
}
