/// The kinds of alerts, a row each.
enum AlertTable {
  static let rows = Dictionary(uniqueKeysWithValues: AlertKind.allCases.map { ($0, row($0)) })

  /// Reported by the page itself.
  static let ofPage =
    AlertKind.allCases.compactMap { kind in
      if case .page(let field, let bad, let good) = kind.row.source { (kind, field, bad, good) } else { nil }
    } as [(kind: AlertKind, field: String, bad: [String], good: [String])]

  /// Seen in pictures that show somebody.
  private static let ofPerson: [AlertKind] = [.faceMissing, .severalFaces, .lookingAway]

  private static func row(_ kind: AlertKind) -> AlertRow {
    switch kind {
    case .faceMissing:
      AlertRow(
        rule: AlertRule(window: .seconds(3), share: 0.8, severity: .high), source: .picture,
        // A head that turns far enough no longer shows a face.
        masks: [.lookingAway])
    case .severalFaces:
      AlertRow(
        // Two good looks show that what resembled a second face is none.
        rule: AlertRule(window: .seconds(2), share: 0.6, severity: .high, goodLooks: 2), source: .picture)
    case .lookingAway:
      AlertRow(
        rule: AlertRule(window: .seconds(5), share: 0.8, severity: .medium, limit: 30), source: .picture,
        // A head turned further shows too little of the face to tell its direction.
        measure: .init(unit: .degrees, isBadAbove: true, farthest: 75))
    case .cameraCovered:
      AlertRow(
        rule: AlertRule(window: .seconds(2), share: 0.8, severity: .high, limit: 6), source: .picture,
        // From a black picture an encoder makes the same frame again and again.
        masks: [.pictureFrozen] + ofPerson,
        // Darkness hides a face at once and is confirmed before a missing face would be.
        explainsWhileSuspected: true,
        measure: .init(unit: .levels, isBadAbove: false))
    case .pictureFrozen:
      AlertRow(
        // Each key frame makes two looks at a frozen picture differ.
        rule: AlertRule(
          window: .seconds(10), share: 0.6, severity: .medium, limit: 0.5, goodLooks: 4,
          clearAfter: .seconds(2)),
        source: .picture, masks: ofPerson,
        measure: .init(unit: .levels, isBadAbove: false))
    case .videoStopped:
      AlertRow(
        rule: AlertRule(window: .seconds(5), share: 1, severity: .high, clearAfter: .zero), source: .stream,
        masks: [.pictureFrozen, .cameraCovered] + ofPerson)
    case .pageHidden:
      AlertRow(
        rule: AlertRule(window: .seconds(1), share: 1, severity: .medium, clearAfter: .zero),
        source: .page(field: "page", bad: ["hidden"], good: ["visible"]))
    case .cameraOff:
      AlertRow(
        rule: AlertRule(window: .zero, share: 1, severity: .high, clearAfter: .zero),
        source: .page(field: "camera", bad: ["ended", "denied"], good: ["live", "stalled"]),
        masks: [.videoStopped, .pictureFrozen, .cameraCovered] + ofPerson)
    case .virtualCamera:
      AlertRow(
        // The student alone is told at first, and has time to choose another camera.
        rule: AlertRule(window: .seconds(10), share: 1, severity: .low, clearAfter: .zero),
        source: .page(
          field: "program", bad: CameraProgram.allCases.filter { $0 != .noProgram }.map(\.rawValue),
          good: [CameraProgram.noProgram.rawValue]))
    }
  }
}
