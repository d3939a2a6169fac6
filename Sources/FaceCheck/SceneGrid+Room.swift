import ExamModel

/// Whether two pictures show the same room, or the same person.
extension SceneGrid {
  /// A furnished room is the same if its cells correlate by this much (Pearson), however the light has changed: exposure
  /// follows whoever comes and goes, and clouds pass. Rooms left empty gave 0.94 and more, everything held before a
  /// lens 0.54 and less, but for a thumb through which a bright room glows, 0.87.
  static let sameRoom = 0.75
  /// And if its contrast went with its brightness, at least by this share: of what is behind a thumb or a shutter more is
  /// lost than light.
  static let shareOfContrast = 0.5
  /// A picture whose cells deviate by less than this of 255 shows no furnished room, whatever it correlates with.
  static let leastDeviation = 1.5
  /// A room whose cells deviate by less than this is bare: a thing before the lens can be as even.
  static let bareDeviation = 6.0
  /// The wall is the same if so much of its cells' deviation at most is not that of the wall before. Walls left
  /// empty gave 0.4 to 0.6, which is noise; paper before a wall of its brightness 1.1 and 1.5.
  static let sameWall = 0.9
  /// A wall that deviates by more has structure of its own.
  static let plainDeviation = 2.0
  /// How much of 255 the brightness of a wall may have changed when the person is gone: what covers a lens takes light.
  static let sameBrightness = 12.0
  /// And how much where the wall correlates by `surelySameWall`, or from look to look after it was recognised, while the
  /// camera's exposure settles.
  static let settlingBrightness = 25.0
  /// And how much in all then.
  static let settledBrightness = 60.0
  static let surelySameWall = 0.97
  /// Luma of black.
  private static let black = 16.0
  /// A person who is still there has this share of the contrast that was there, at least.
  static let contrastOfPerson = 0.5
  /// If a person leaves fewer cells of the picture there is no room to recognise.
  static let leastRoom = 48
  /// The share of the cells beside the person that must show the room.
  static let shareOfRoom = 0.85

  /// Whether the room that was around a person in `earlier` is seen here, where the person was left out.
  func shows(_ earlier: SceneGrid, around person: NormalizedRect) -> Bool {
    guard let room = beside(person, since: earlier) else { return false }
    guard room.deviations.1 >= Self.bareDeviation else {
      let isSure = room.correlation >= Self.surelySameWall
      return Self.isWall(room, within: isSure ? Self.settlingBrightness : Self.sameBrightness)
    }
    let light = max(0, room.means.0 - Self.black) / max(1, room.means.1 - Self.black)
    return room.correlation >= Self.sameRoom && room.deviations.0 >= Self.leastDeviation
      && room.deviations.0 >= Self.shareOfContrast * min(1, light) * room.deviations.1
  }

  /// Whether a bare room that was around a person in `earlier` is seen here, lighter or darker by `change` of 255 at most.
  func showsWall(_ earlier: SceneGrid, around person: NormalizedRect, within change: Double) -> Bool {
    guard let room = beside(person, since: earlier), room.deviations.1 < Self.bareDeviation else {
      return false
    }
    return Self.isWall(room, within: change)
  }

  private static func isWall(_ room: Moments, within change: Double) -> Bool {
    // Of an even thing before the lens nothing differs from the wall, but the wall's own structure is gone.
    let isStructured = room.deviations.1 >= plainDeviation
    return room.residual <= sameWall && abs(room.means.0 - room.means.1) <= change
      && (!isStructured || room.deviations.0 >= shareOfContrast * room.deviations.1)
  }

  /// The cells beside a person, now and in `earlier`; nil if there are too few.
  private func beside(_ person: NormalizedRect, since earlier: SceneGrid) -> Moments? {
    let area = PersonArea(around: person)
    var visible = cells.indices.filter { !area.contains(cell: $0) }
    guard visible.count >= Self.leastRoom else { return nil }
    // An arm or a chair beyond that area is gone with the person: the cells that differ most from the common shift of the
    // light say nothing about the room.
    func difference(_ index: Int) -> Int { Int(cells[index]) - Int(earlier.cells[index]) }
    let common = visible.map(difference).sorted()[visible.count / 2]
    visible.sort { abs(difference($0) - common) < abs(difference($1) - common) }
    return moments(since: earlier, in: visible.prefix(Int(Double(visible.count) * Self.shareOfRoom)))
  }

  /// Whether the person with this face in `earlier` is still there, turned away perhaps.
  func showsPerson(of earlier: SceneGrid, with face: NormalizedRect) -> Bool {
    let area = PersonArea(around: face)
    let visible = cells.indices.filter { area.contains(cell: $0) }
    guard visible.count >= cells.count / 10 else { return false }
    let person = moments(since: earlier, in: visible[...])
    // Somebody stands out from the wall behind, which may be all that is left there.
    return person.deviations.0 >= max(Self.leastDeviation, Self.contrastOfPerson * person.deviations.1)
      && person.correlation >= Self.sameRoom
  }

  /// Of these cells now, and in `earlier`.
  private func moments(since earlier: SceneGrid, in visible: ArraySlice<Int>) -> Moments {
    Moments(visible.lazy.map { (Double(cells[$0]), Double(earlier.cells[$0])) })
  }
}

/// Means, standard deviations and correlation of pairs.
private struct Moments {
  let means: (Double, Double)
  let deviations: (Double, Double)
  /// Pearson's; 0 if either side is constant.
  let correlation: Double

  /// The standard deviation of the first that the second do not explain.
  var residual: Double { deviations.0 * max(0, 1 - correlation * correlation).squareRoot() }

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
