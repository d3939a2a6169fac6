import ExamModel

/// The room as it was around the student's face when that was last seen.
struct RememberedRoom: Sendable {
  /// The picture in which the face was last seen.
  private var person: (scene: SceneGrid, face: NormalizedRect)?
  private var last: (scene: SceneGrid, person: NormalizedRect)?
  /// Whether the person has left and the room was shown.
  private var isEmpty = false

  mutating func remember(_ scene: SceneGrid, around person: NormalizedRect) {
    self.person = (scene, person)
    last = (scene, person)
    isEmpty = false
  }

  /// Whether a picture without a face that looks like `scene` shows the room. Its light may change from look to look as the
  /// camera's exposure follows whoever left; what covers a lens changes everything at once.
  mutating func isShown(in scene: SceneGrid) -> Bool {
    guard let last, scene.shows(last.scene, around: last.person, isSettling: isEmpty) else { return false }
    self.last = (scene, last.person)
    isEmpty = true
    return true
  }

  /// Whether a picture that looks like `scene` still shows the person, turned away perhaps.
  func showsPerson(in scene: SceneGrid) -> Bool {
    guard let person else { return false }
    return scene.showsPerson(of: person.scene, with: person.face)
  }
}
