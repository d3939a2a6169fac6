/// Notices when a student is too dark or too far away to be judged well: a hint to the student alone, not an alert.
struct PictureAdvice: Sendable {
  /// A picture is dark below this mean luma of 255: a teacher would hardly recognise anybody. Detection works far below.
  static let darkBelow: Float = 40
  /// A face lower than this share of the picture's height is far away; at 0.10 one in twenty is not found.
  static let farBelow: Float = 0.13
  /// As is a face that has become this much smaller than usual.
  static let farBelowBaseline: Float = 0.4
  /// How many checks in a row begin or end a piece of advice, so that nothing flickers: two seconds.
  static let checks = 4

  private(set) var isDark = false
  private(set) var isFar = false
  private var darkRun = 0
  private var farRun = 0

  mutating func add(_ observation: FaceObservation, baseline: Baseline?) {
    Self.count(observation.luminance < Self.darkBelow, &darkRun, &isDark)
    // Somebody who is not found at all was perhaps too far away: the last face decides.
    guard let height = observation.faces.map(\.box.height).max() else { return }
    let limit = max(Self.farBelow, (baseline?.faceHeight ?? 0) * Self.farBelowBaseline)
    Self.count(height < limit, &farRun, &isFar)
  }

  /// `run` counts the looks in a row that differ from the current advice.
  private static func count(_ isTrue: Bool, _ run: inout Int, _ isSaid: inout Bool) {
    run = isTrue == isSaid ? 0 : run + 1
    if run >= checks {
      isSaid = isTrue
      run = 0
    }
  }
}

extension FaceObservation {
  /// Too dark for a teacher to recognise anybody.
  public var isDark: Bool { luminance < PictureAdvice.darkBelow }
  /// Too far from the camera for faces to be found reliably.
  public var isFar: Bool { faces.count == 1 && faces[0].box.height < PictureAdvice.farBelow }
}
