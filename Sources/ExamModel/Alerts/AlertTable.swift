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
        masks: [.lookingAway],
        title: "No face in the picture", short: "No face",
        seen: "No face in the picture for {seconds} s ({share} % of the checks).",
        hint: "We cannot see your face. Please sit so that your whole face is in the picture.")
    case .severalFaces:
      AlertRow(
        rule: AlertRule(window: .seconds(2), share: 0.6, severity: .high), source: .picture,
        title: "More than one face", short: "Several faces",
        seen: "More than one face in the picture for {seconds} s ({share} % of the checks).",
        hint: "We see more than one person. Please make sure that you are alone in the picture.")
    case .lookingAway:
      AlertRow(
        rule: AlertRule(window: .seconds(5), share: 0.8, severity: .medium, limit: 30), source: .picture,
        // A head turned further shows too little of the face to tell its direction.
        measure: .init(
          unit: .degrees, isBadAbove: true, farthest: 75, words: "head turned more than {limit}°"),
        title: "Looking away", short: "Looking away",
        seen: "The head turned by more than {limit} degrees from where it usually points for {seconds} s "
          + "({share} % of the checks).",
        hint: "You seem to look away from the screen. Please turn back to your exam when you can.")
    case .cameraCovered:
      AlertRow(
        rule: AlertRule(window: .seconds(2), share: 0.8, severity: .high, limit: 6), source: .picture,
        // From a black picture an encoder makes the same frame again and again.
        masks: [.pictureFrozen] + ofPerson,
        // Darkness hides a face at once and is confirmed before a missing face would be.
        explainsWhileSuspected: true,
        measure: .init(
          unit: .levels, isBadAbove: false, words: "black, or no edge sharper than {limit} of 255"),
        title: "Camera covered or dark", short: "Covered, dark",
        seen: "The picture is dark or empty for {seconds} s ({share} % of the checks).",
        hint: "Your picture is dark or empty. Please uncover the camera, or switch a lamp on in front of you."
      )
    case .pictureFrozen:
      AlertRow(
        // Each key frame makes two looks at a frozen picture differ.
        rule: AlertRule(
          window: .seconds(10), share: 0.6, severity: .medium, limit: 0.5, goodLooks: 4,
          clearAfter: .seconds(2)),
        source: .picture, masks: ofPerson,
        measure: .init(unit: .levels, isBadAbove: false, words: "change under {limit} of 255"),
        title: "Picture does not move", short: "Frozen picture",
        seen: "The picture has not changed for {seconds} s ({share} % of the checks).",
        hint:
          "Your picture does not move. Please start the camera again; closing other programs that use it helps."
      )
    case .videoStopped:
      AlertRow(
        rule: AlertRule(window: .seconds(5), share: 1, severity: .high, clearAfter: .zero), source: .stream,
        masks: [.pictureFrozen, .cameraCovered] + ofPerson,
        title: "No picture arrives", short: "No picture",
        seen: "No picture has arrived for {seconds} s.",
        hint: "Your picture does not reach us. The page is trying again; please check your connection.")
    case .pageHidden:
      AlertRow(
        rule: AlertRule(window: .seconds(1), share: 1, severity: .medium, clearAfter: .zero),
        source: .page(field: "page", bad: ["hidden"], good: ["visible"]),
        title: "Left the exam page", short: "Left the page",
        seen: "The exam page is not in front.",
        hint: "Please come back to the exam page and keep it in front.")
    case .cameraOff:
      AlertRow(
        rule: AlertRule(window: .zero, share: 1, severity: .high, clearAfter: .zero),
        source: .page(field: "camera", bad: ["ended", "denied"], good: ["live", "stalled"]),
        masks: [.videoStopped, .pictureFrozen, .cameraCovered] + ofPerson,
        title: "Camera off", short: "Camera off",
        seen: "The camera is off, unplugged or refused.",
        hint: "Your camera is off. Please switch it on or plug it in again; the page will continue by itself."
      )
    }
  }
}
