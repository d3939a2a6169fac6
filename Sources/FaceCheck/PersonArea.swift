import ExamModel

/// Where somebody with this face is, in cells of `SceneGrid`: the head with its hair, 1.6 faces wide, and below the chin the
/// shoulders and the body, three and a half wide. Not more, since of somebody who sits close little is left around it.
struct PersonArea {
  private let middle: Float
  private let head: Float
  private let body: Float
  private let top: Float
  private let chin: Float

  init(around face: NormalizedRect) {
    middle = face.x + face.width / 2
    head = 0.8 * face.width
    body = 1.75 * face.width
    top = face.y - 0.6 * face.height
    chin = face.y + face.height
  }

  /// Whether the centre of a cell lies in it.
  func contains(cell index: Int) -> Bool {
    let x = (Float(index % SceneGrid.columns) + 0.5) / Float(SceneGrid.columns)
    let y = (Float(index / SceneGrid.columns) + 0.5) / Float(SceneGrid.rows)
    return y >= top && abs(x - middle) <= (y > chin ? body : head)
  }
}
