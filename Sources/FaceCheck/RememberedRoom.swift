import ExamModel

/// The room as it was around the student's face when that was last seen.
struct RememberedRoom: Sendable {
  /// The picture in which the face was last seen.
  private var person: (scene: SceneGrid, face: NormalizedRect)?
  /// The last picture without a face that showed the room.
  private var empty: SceneGrid?

  mutating func remember(_ scene: SceneGrid, around face: NormalizedRect) {
    person = (scene, face)
    empty = nil
  }

  /// Whether a picture without a face that looks like `scene` shows the room. The light of a bare one may change from look to
  /// look as the camera's exposure follows whoever left; what covers a lens changes everything at once.
  mutating func isShown(in scene: SceneGrid) -> Bool {
    guard let person else { return false }
    let isShown =
      scene.shows(person.scene, around: person.face)
      || empty.map {
        scene.showsWall($0, around: person.face, within: SceneGrid.settlingBrightness)
          && scene.showsWall(person.scene, around: person.face, within: SceneGrid.settledBrightness)
      } ?? false
    if isShown { empty = scene }
    return isShown
  }

  /// Whether a picture that looks like `scene` still shows the person, turned away perhaps.
  func showsPerson(in scene: SceneGrid) -> Bool {
    guard let person else { return false }
    return scene.showsPerson(of: person.scene, with: person.face)
  }
}
