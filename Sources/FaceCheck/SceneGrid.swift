import ExamModel

/// A picture as a coarse grid of brightness, to tell whether anything has changed around the one known person.
struct SceneGrid: Sendable, Equatable {
  static let columns = 40
  static let rows = 30

  /// Mean luma of each cell, row by row.
  var cells = [UInt8](repeating: 0, count: columns * rows)

  /// What happened to the surroundings.
  enum Change: Equatable {
    case none
    case changed
    /// The person fills so much of the picture that the surroundings say little.
    case cannotTell
  }

  /// A cell has changed when its brightness differs by this much of 255 from the change of the whole picture, in a
  /// picture of ordinary brightness. A cell is the mean of 64 pixels at 320x240, so sensor noise and compression stay
  /// below 3.
  static let threshold = 12
  /// In a darker picture all differences are smaller; the threshold falls with them, down to this.
  static let leastThreshold = 5
  /// Mean luma of a picture of ordinary brightness.
  static let ordinaryLuma = 116
  /// A face a tenth of the picture's height covers three by three cells. Of such a square this many must have changed;
  /// anything thinner, such as a clock that a camera writes into its picture, is not a person.
  static let square = 3
  static let leastCells = 7
  /// The share of the picture that must be visible around the person.
  static let leastSurroundings = 0.25

  /// The measure of edges is the difference between neighbouring cells that this many exceed.
  static let sharpestShare = 0.02

  /// How sharp the sharpest edges are, 0...255.
  var edges: Float {
    var counts = [Int](repeating: 0, count: 256)
    cells.withUnsafeBufferPointer { cells in
      for row in 0..<Self.rows {
        for index in (row * Self.columns)..<((row + 1) * Self.columns - 1) {
          counts[abs(Int(cells[index]) - Int(cells[index + 1]))] += 1
        }
      }
      for index in 0..<((Self.rows - 1) * Self.columns) {
        counts[abs(Int(cells[index]) - Int(cells[index + Self.columns]))] += 1
      }
    }
    var left = Int(Double(counts.reduce(0, +)) * Self.sharpestShare)
    for difference in counts.indices.reversed() {
      left -= counts[difference]
      if left < 0 { return Float(difference) }
    }
    return 0
  }

  /// Compares with an earlier grid, ignoring the places where the person is now and was then, if there is one.
  func change(
    since earlier: SceneGrid, person: NormalizedRect? = nil, personThen: NormalizedRect? = nil
  ) -> Change {
    let areas = [person, personThen].compactMap { $0.map(PersonArea.init(around:)) }
    var differences = [Int?](repeating: nil, count: cells.count)
    // How often each difference occurs, of -255...255: the median without sorting.
    var counts = [Int](repeating: 0, count: 511)
    var visible = 0
    for index in cells.indices where !areas.contains(where: { $0.contains(cell: index) }) {
      let difference = Int(cells[index]) - Int(earlier.cells[index])
      differences[index] = difference
      counts[difference + 255] += 1
      visible += 1
    }
    guard Double(visible) >= Self.leastSurroundings * Double(cells.count) else { return .cannotTell }
    // The camera's exposure follows the person and shifts everything alike; the median is that shift.
    var below = 0
    let common =
      counts.firstIndex {
        below += $0
        return below > visible / 2
      }! - 255
    let threshold = threshold
    return Self.holdsSquare(differences.map { $0.map { abs($0 - common) > threshold } ?? false })
      ? .changed : .none
  }

  /// The threshold for a change in this picture.
  private var threshold: Int {
    let black = 16
    let mean = cells.reduce(0) { $0 + Int($1) } / cells.count
    let scaled = Self.threshold * (mean - black) / (Self.ordinaryLuma - black)
    return min(Self.threshold, max(Self.leastThreshold, scaled))
  }

  /// The room is the same if its cells correlate by this much (Pearson), however the light has changed: exposure
  /// follows whoever comes and goes, and clouds pass. Rooms left empty gave 0.94 and more, everything held before a
  /// lens 0.54 and less.
  static let sameRoom = 0.75
  /// A room whose cells deviate by less than this of 255 can only be recognised by its brightness.
  static let bareDeviation = 2.0
  /// A picture whose cells deviate by less than this shows no room, whatever it correlates with.
  static let leastDeviation = 1.5
  /// How much of 255 the brightness of a plain room may differ.
  static let sameBrightness = 10.0

  /// Whether the room that was around a person in `earlier` is seen here, where the person was left out.
  func shows(_ earlier: SceneGrid, around person: NormalizedRect) -> Bool {
    let area = PersonArea(around: person)
    return resembles(earlier, in: cells.indices.filter { !area.contains(cell: $0) })
  }

  /// Whether the person with this face in `earlier` is still there, turned away perhaps.
  func showsPerson(of earlier: SceneGrid, with face: NormalizedRect) -> Bool {
    let area = PersonArea(around: face)
    return resembles(earlier, in: cells.indices.filter { area.contains(cell: $0) })
  }

  private func resembles(_ earlier: SceneGrid, in visible: [Int]) -> Bool {
    // If a person fills the picture there are no surroundings to recognise.
    guard visible.count >= cells.count / 10 else { return false }
    let moments = Moments(visible.lazy.map { (Double(cells[$0]), Double(earlier.cells[$0])) })
    if moments.deviations.1 < Self.bareDeviation {
      return moments.deviations.0 < Self.bareDeviation
        && abs(moments.means.0 - moments.means.1) <= Self.sameBrightness
    }
    // What is left of a room behind a shutter correlates too, but shows nothing.
    return moments.deviations.0 >= Self.leastDeviation && moments.correlation >= Self.sameRoom
  }

  /// Whether enough cells are set anywhere in a square the size of a small face.
  private static func holdsSquare(_ changed: [Bool]) -> Bool {
    for row in 0...(rows - square) {
      for column in 0...(columns - square) where changed[(row + 1) * columns + column + 1] {
        var count = 0
        for y in row..<row + square {
          for x in column..<column + square where changed[y * columns + x] { count += 1 }
        }
        if count >= leastCells { return true }
      }
    }
    return false
  }
}

/// Means, standard deviations and correlation of pairs.
private struct Moments {
  let means: (Double, Double)
  let deviations: (Double, Double)
  /// Pearson's; 0 if either side is constant.
  let correlation: Double

  /// - Precondition: there is at least one pair.
  init(_ pairs: some Collection<(Double, Double)>) {
    var (x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for pair in pairs {
      x += pair.0
      y += pair.1
      xx += pair.0 * pair.0
      yy += pair.1 * pair.1
      xy += pair.0 * pair.1
    }
    let count = Double(pairs.count)
    means = (x / count, y / count)
    deviations = (
      max(0, xx / count - means.0 * means.0).squareRoot(), max(0, yy / count - means.1 * means.1).squareRoot()
    )
    let scale = deviations.0 * deviations.1
    correlation = scale > 0 ? (xy / count - means.0 * means.1) / scale : 0
  }
}

/// Where head, shoulders and body of somebody with this face are: three and a half faces wide.
private struct PersonArea {
  private let left: Float
  private let right: Float
  private let top: Float

  init(around face: NormalizedRect) {
    left = face.x - 1.2 * face.width
    right = face.x + 2.2 * face.width
    top = face.y - 0.6 * face.height
  }

  /// Whether the centre of a cell of `SceneGrid` lies in it.
  func contains(cell index: Int) -> Bool {
    let x = (Float(index % SceneGrid.columns) + 0.5) / Float(SceneGrid.columns)
    let y = (Float(index / SceneGrid.columns) + 0.5) / Float(SceneGrid.rows)
    return x >= left && x <= right && y >= top
  }
}
