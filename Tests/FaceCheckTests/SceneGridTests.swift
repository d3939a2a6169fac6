import ExamModel
import Testing

@testable import FaceCheck

@Suite struct SceneGridTests {
  private let person = NormalizedRect(x: 0.45, y: 0.3, width: 0.12, height: 0.2)

  private func grid(_ fill: (_ column: Int, _ row: Int) -> Int) -> SceneGrid {
    var grid = SceneGrid()
    for row in 0..<SceneGrid.rows {
      for column in 0..<SceneGrid.columns {
        grid.cells[row * SceneGrid.columns + column] = UInt8(clamping: fill(column, row))
      }
    }
    return grid
  }

  /// A room with some structure.
  private var room: SceneGrid { grid { column, row in 60 + 3 * column - row } }

  private func change(
    _ now: SceneGrid, person: NormalizedRect? = nil, personThen: NormalizedRect? = nil
  ) -> SceneGrid.Change {
    now.change(since: room, person: person ?? self.person, personThen: personThen ?? self.person)
  }

  @Test func aSmallFaceAtTheSideIsAChange() {
    let visitor = grid { column, row in
      (3..<6).contains(column) && (8..<11).contains(row) ? 160 : 60 + 3 * column - row
    }
    #expect(change(visitor) == .changed)
  }

  @Test func aClockWrittenIntoThePictureIsNobody() {
    let clock = grid { column, row in row < 2 && column > 20 ? 220 : 60 + 3 * column - row }
    #expect(change(clock) == .none)
  }

  @Test func noiseAndExposureAreNone() {
    let noisy = grid { column, row in 60 + 3 * column - row + (column * 7 + row * 5) % 5 - 2 }
    #expect(change(noisy) == .none)
    let brighter = grid { column, row in 60 + 3 * column - row + 40 }
    #expect(change(brighter) == .none)
  }

  @Test func inADimPictureLessIsAChange() {
    let dim = grid { column, row in 20 + column / 2 - row / 6 }
    let visitor = grid { column, row in
      20 + column / 2 - row / 6 + ((3..<6).contains(column) && (8..<11).contains(row) ? 8 : 0)
    }
    #expect(visitor.change(since: dim, person: person, personThen: person) == .changed)
    let bright = grid { column, row in
      60 + 3 * column - row + ((3..<6).contains(column) && (8..<11).contains(row) ? 8 : 0)
    }
    #expect(change(bright) == .none)
  }

  @Test func thePersonMayMoveAndShowWhatWasBehind() {
    let left = NormalizedRect(x: 0.1, y: 0.3, width: 0.12, height: 0.2)
    let moved = grid { column, row in (16..<22).contains(column) && row > 12 ? 200 : 60 + 3 * column - row }
    #expect(change(moved) == .none)
    #expect(change(moved, person: left) == .none)
    #expect(change(moved, person: left, personThen: left) == .changed)
  }

  @Test func somebodyWhoFillsThePictureHidesWhatChanges() {
    let close = NormalizedRect(x: 0.25, y: 0.15, width: 0.5, height: 0.7)
    #expect(change(room, person: close) == .cannotTell)
  }
}

@Suite struct SurroundingsTests {
  private let person = NormalizedRect(x: 0.4, y: 0.3, width: 0.15, height: 0.25)

  private func grid(_ luma: (Int, Int) -> UInt8) -> SceneGrid {
    var grid = SceneGrid()
    for index in grid.cells.indices {
      grid.cells[index] = luma(index % SceneGrid.columns, index / SceneGrid.columns)
    }
    return grid
  }

  @Test func theRoomIsKnownAgainWhenThePersonHasLeft() {
    let before = grid { column, row in (12..<26).contains(column) && row > 8 ? 60 : UInt8(100 + column) }
    let empty = grid { column, _ in UInt8(106 + column) }
    #expect(empty.shows(before, around: person))
    let covered = grid { _, _ in 40 }
    #expect(!covered.shows(before, around: person))
  }

  @Test func theRoomIsKnownInAnotherLightAndACoverOfItsBrightnessIsNotTakenForIt() {
    let before = grid { column, row in UInt8(90 + 3 * column + (row % 4) * 8) }
    let lightOut = grid { column, row in UInt8(20 + column / 3 + row % 4) }
    #expect(lightOut.shows(before, around: person))
    // A hand with light shining through: as bright as the room on average, but brightest elsewhere.
    let hand = grid { column, row in UInt8(190 - 2 * column + row / 3) }
    #expect(!hand.shows(before, around: person))
  }

  @Test func thePersonIsKnownWhileThePlaceIsNotEmpty() {
    let before = grid { column, row in
      (12..<26).contains(column) && row > 8 ? UInt8(200 - 5 * row) : UInt8(100 + column)
    }
    let turned = grid { column, row in
      (12..<26).contains(column) && row > 8 ? UInt8(190 - 5 * row - (row < 12 ? 30 : 0)) : UInt8(100 + column)
    }
    #expect(turned.showsPerson(of: before, with: person))
    #expect(!grid { column, _ in UInt8(100 + column) }.showsPerson(of: before, with: person))
  }

  @Test func whatIsLeftOfARoomBehindAShutterIsNoRoom() {
    let before = grid { column, row in UInt8(90 + 3 * column + (row % 4) * 8) }
    let shut = grid { column, _ in UInt8(17 + column / 10) }
    #expect(!shut.shows(before, around: person))
  }

  @Test func aBareWallIsKnownByItsBrightness() {
    let wall = grid { _, _ in 120 }
    #expect(grid { _, _ in 126 }.shows(wall, around: person))
    #expect(!grid { _, _ in 60 }.shows(wall, around: person))
    #expect(!grid { column, _ in UInt8(100 + column) }.shows(wall, around: person))
  }

  @Test func ofWhoFillsThePictureNoRoomIsKnown() {
    let close = NormalizedRect(x: 0.2, y: 0.05, width: 0.6, height: 0.9)
    let same = grid { _, _ in 100 }
    #expect(!same.shows(same, around: close))
  }

  @Test func edgesAreThoseOfTheSharpestFew() {
    #expect(grid { _, _ in 100 }.edges == 0)
    // One line through the picture: 30 of 2,330 pairs, fewer than 2 %.
    #expect(grid { column, _ in column < 20 ? 50 : 150 }.edges == 0)
    #expect(grid { column, _ in column % 10 < 5 ? 50 : 150 }.edges == 100)
  }
}
