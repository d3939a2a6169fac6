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
    /// Where, the largest place first: at least one, at most `ChangedPlaces.most`.
    case changed([NormalizedRect])
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
  /// The share of the picture that must be visible around the person.
  static let leastSurroundings = 0.05

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
    let changed = differences.map { $0.map { abs($0 - common) > threshold } ?? false }
    let places = ChangedPlaces(of: changed)
    return places.boxes.isEmpty ? .none : .changed(places.boxes)
  }

  /// The threshold for a change in this picture.
  private var threshold: Int {
    let black = 16
    let mean = cells.reduce(0) { $0 + Int($1) } / cells.count
    let scaled = Self.threshold * (mean - black) / (Self.ordinaryLuma - black)
    return min(Self.threshold, max(Self.leastThreshold, scaled))
  }
}
