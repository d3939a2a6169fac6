/// What an alert is about. A new kind is a case here, a row in `AlertRules.standard`, and the place in `AlertPolicy`
/// that gives its verdict.
public enum AlertKind: String, Sendable, Codable, CaseIterable, Hashable {
  case faceMissing = "face_missing"
  case severalFaces = "several_faces"
  case lookingAway = "looking_away"
  case cameraCovered = "camera_covered"
  case pictureFrozen = "picture_frozen"
  case videoStopped = "video_stopped"
  case pageHidden = "page_hidden"
  case cameraOff = "camera_off"

  /// What is seen in pictures of somebody.
  static let ofPerson: [AlertKind] = [.faceMissing, .severalFaces, .lookingAway]

  /// The kinds that this one explains: while it stands or is suspected, they are neither suspected nor raised.
  public var masks: [AlertKind] {
    switch self {
    case .cameraOff: [.videoStopped, .pictureFrozen, .cameraCovered] + Self.ofPerson
    case .videoStopped: [.pictureFrozen, .cameraCovered] + Self.ofPerson
    // Of a black picture an encoder makes the same frame again and again.
    case .cameraCovered: [.pictureFrozen] + Self.ofPerson
    case .pictureFrozen: Self.ofPerson
    // A head that turns far enough is no face any more.
    case .faceMissing: [.lookingAway]
    case .severalFaces, .lookingAway, .pageHidden: []
    }
  }

  /// What the student can do about it, in words for somebody who is nervous.
  public var hint: String {
    switch self {
    case .faceMissing: "We cannot see your face. Please sit so that your whole face is in the picture."
    case .severalFaces: "We see more than one person. Please make sure that you are alone in the picture."
    case .lookingAway: "You seem to look away from the screen. Please turn back to your exam when you can."
    case .cameraCovered:
      "Your picture is dark or empty. Please uncover the camera, or switch a lamp on in front of you."
    case .pictureFrozen:
      "Your picture does not move. Please start the camera again; closing other programs that use it helps."
    case .videoStopped:
      "Your picture does not reach us. The page is trying again; please check your connection."
    case .pageHidden: "Please come back to the exam page and keep it in front."
    case .cameraOff:
      "Your camera is off. Please switch it on or plug it in again; the page will continue by itself."
    }
  }
}

public enum AlertSeverity: String, Sendable, Codable, Hashable, Comparable {
  case medium, high

  public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool {
    left == .medium && right == .high
  }
}

/// Where a confirmed alert stands. A suspicion has no record: teachers never hear of it.
public enum AlertState: String, Sendable, Codable, Hashable {
  case confirmed, acknowledged, cleared
}
