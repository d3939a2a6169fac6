import ExamModel

/// The places of a `SceneGrid` that have changed and are large enough for somebody to be there.
struct ChangedPlaces {
  /// A face a tenth of the picture's height covers three by three cells. Of such a square this many must have changed;
  /// anything thinner, such as a clock that a camera writes into its picture, is not a person.
  static let square = 3
  static let leastCells = 7
  /// Somebody who moves and somebody who comes, on either side.
  static let most = 3

  /// The largest first, in shares of the picture.
  let boxes: [NormalizedRect]

  /// - Parameter changed: of each cell, row by row.
  init(of changed: [Bool]) {
    let (columns, rows) = (SceneGrid.columns, SceneGrid.rows)
    // The cells of all squares that have changed.
    var isPart = [Bool](repeating: false, count: changed.count)
    for row in 0...(rows - Self.square) {
      for column in 0...(columns - Self.square) where changed[(row + 1) * columns + column + 1] {
        var count = 0
        for y in row..<row + Self.square {
          for x in column..<column + Self.square where changed[y * columns + x] { count += 1 }
        }
        guard count >= Self.leastCells else { continue }
        for y in row..<row + Self.square {
          for x in column..<column + Self.square { isPart[y * columns + x] = true }
        }
      }
    }
    var places: [(cells: Int, box: NormalizedRect)] = []
    for start in isPart.indices where isPart[start] {
      var (left, right, top, bottom) = (columns, 0, rows, 0)
      var waiting = [start]
      var count = 0
      isPart[start] = false
      while let cell = waiting.popLast() {
        let (row, column) = (cell / columns, cell % columns)
        (left, right, top, bottom) = (min(left, column), max(right, column), min(top, row), max(bottom, row))
        count += 1
        var neighbours: [Int] = []
        if column > 0 { neighbours.append(cell - 1) }
        if column < columns - 1 { neighbours.append(cell + 1) }
        if row > 0 { neighbours.append(cell - columns) }
        if row < rows - 1 { neighbours.append(cell + columns) }
        for neighbour in neighbours where isPart[neighbour] {
          isPart[neighbour] = false
          waiting.append(neighbour)
        }
      }
      places.append(
        (
          count,
          NormalizedRect(
            x: Float(left) / Float(columns), y: Float(top) / Float(rows),
            width: Float(right - left + 1) / Float(columns), height: Float(bottom - top + 1) / Float(rows))
        ))
    }
    boxes = places.sorted { $0.cells > $1.cells }.prefix(Self.most).map(\.box)
  }
}
