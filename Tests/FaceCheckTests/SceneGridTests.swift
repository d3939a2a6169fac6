import ExamModel
import Foundation
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
    #expect(
      change(visitor)
        == .changed([NormalizedRect(x: 3 / 40, y: 8 / 30, width: 3 / 40, height: 3 / 30)]))
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
    #expect(visitor.change(since: dim, person: person, personThen: person).isChanged)
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
    #expect(change(moved, person: left, personThen: left).isChanged)
  }

  @Test func somebodyWhoFillsThePictureHidesWhatChanges() {
    let close = NormalizedRect(x: 0.15, y: 0.1, width: 0.7, height: 0.9)
    #expect(change(room, person: close) == .cannotTell)
  }

  @Test func besideSomebodyCloseWhatIsLeftOfTheRoomIsWatched() {
    let close = NormalizedRect(x: 0.27, y: 0.1, width: 0.45, height: 0.8)
    let visitor = grid { column, row in column < 4 && (8..<13).contains(row) ? 190 : 60 + 3 * column - row }
    #expect(change(room, person: close, personThen: close) == .none)
    #expect(change(visitor, person: close, personThen: close).isChanged)
  }

  @Test func placesThatChangedAreApartAndTheLargestIsFirst() {
    let two = grid { column, row in
      ((2..<6).contains(column) && (8..<13).contains(row)) || (column > 32 && row > 9)
        ? 230 : 60 + 3 * column - row
    }
    guard case .changed(let places) = change(two) else {
      Issue.record("nothing has changed")
      return
    }
    #expect(places.count == 2)
    #expect(places[0].x > 0.8 && places[0].height > 0.6)
    #expect(places[1] == NormalizedRect(x: 2 / 40, y: 8 / 30, width: 4 / 40, height: 5 / 30))
  }
}

extension SceneGrid.Change {
  fileprivate var isChanged: Bool {
    if case .changed = self { true } else { false }
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

  /// A wall with the little structure that walls have.
  private func wall(_ brightness: Int) -> SceneGrid {
    grid { column, row in UInt8(brightness + column / 10 + (row % 5 == 0 ? 1 : 0)) }
  }

  @Test func beforeABareWallTheRoomOfSomebodyCloseIsKnown() {
    let close = NormalizedRect(x: 0.27, y: 0.1, width: 0.45, height: 0.8)
    let before = grid { column, row in
      (12..<28).contains(column) ? 50 : UInt8(120 + column / 10 + (row % 5 == 0 ? 1 : 0))
    }
    #expect(wall(124).shows(before, around: close))
    // Something as even comes before the lens and takes light.
    #expect(!grid { _, row in UInt8(100 + row / 10) }.shows(before, around: close))
  }

  @Test func whatElseIsGoneWithThePersonSaysNothingAboutTheRoom() {
    // An arm beyond where a person is expected, over a twentieth of the picture.
    let before = grid { column, row in
      column > 33 && row < 9 ? 40 : UInt8(120 + column / 10 + (row % 5 == 0 ? 1 : 0))
    }
    #expect(wall(121).shows(before, around: person))
  }

  @Test func theExposureMaySettleOnceTheRoomIsEmpty() {
    var room = RememberedRoom()
    room.remember(wall(120), around: person)
    let seen = [128, 150, 165, 60].map { room.isShown(in: wall($0)) }
    #expect(seen == [true, true, true, false])
    // All at once is a cover.
    room.remember(grid { _, _ in 120 }, around: person)
    let covered = room.isShown(in: grid { _, _ in 140 })
    #expect(!covered)
  }

  @Test func anEvenCoverOfTheWallsBrightnessIsNotTheWall() {
    // As uneven as a wall that is lit from one side.
    let before = grid { column, _ in UInt8(110 + column * 3 / 8) }
    for brightness: UInt8 in [108, 118, 129] {
      #expect(!grid { _, _ in brightness }.shows(before, around: person))
    }
    #expect(grid { column, _ in UInt8(115 + column * 3 / 8) }.shows(before, around: person))
  }

  @Test func whatFadesLookByLookIsNoRoomInTheEnd() {
    var room = RememberedRoom()
    let before = grid { column, row in UInt8(60 + 2 * column + (row % 4) * 8) }
    room.remember(before, around: person)
    let seen = (0..<10).map { step -> Bool in
      let contrast = pow(0.55, Double(step))
      return room.isShown(
        in: grid { column, row in UInt8(120 + (Double(60 + 2 * column + (row % 4) * 8) - 120) * contrast) })
    }
    #expect(seen.first == true)
    #expect(seen.last == false)
  }

  @Test func aWallThatGetsDarkerWithoutAnEndIsCovered() {
    var room = RememberedRoom()
    room.remember(wall(200), around: person)
    let seen = stride(from: 195, to: 60, by: -20).map { room.isShown(in: wall($0)) }
    #expect(seen == [true, true, true, false, false, false, false])
  }

  @Test func aWallWhereThePersonWasIsNotThePerson() {
    let before = grid { column, row in
      (12..<26).contains(column) && row > 8 ? UInt8(200 - 5 * row) : UInt8(180 - 3 * row)
    }
    #expect(!grid { _, row in UInt8(180 - row) }.showsPerson(of: before, with: person))
  }

  @Test func ofWhoFillsThePictureNoRoomIsKnown() {
    let close = NormalizedRect(x: 0.05, y: 0.05, width: 0.9, height: 0.9)
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
