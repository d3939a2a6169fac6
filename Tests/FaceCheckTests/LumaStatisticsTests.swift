import ExamModel
import Testing

@testable import FaceCheck

@Suite struct LumaStatisticsTests {
  @Test func luminanceIsMeanAndDeviationOfTheLumaPlane() throws {
    let luma = (0..<(16 * 16)).map { $0 % 2 == 0 ? UInt8(40) : UInt8(60) }
    let chroma = [UInt8](repeating: 250, count: 128)
    let result = AnalysisPicture(width: 16, height: 16, pixels: luma + chroma, capturedAt: 0).luminance
    #expect(abs(result.mean - 50) < 0.01)
    #expect(abs(result.deviation - 10) < 0.01)
  }

  /// 320x240 has whole pixels in every cell, 330x250 has not.
  @Test(arguments: [(320, 240), (330, 250)]) func gridCellsAreMeansOfTheLumaPlane(width: Int, height: Int) {
    let luma = (0..<(width * height)).map { UInt8(($0 % width / 3 + $0 / width * 2 + $0 % 7) % 256) }
    let chroma = [UInt8](repeating: 250, count: (width + 1) / 2 * ((height + 1) / 2) * 2)
    let grid = AnalysisPicture(width: width, height: height, pixels: luma + chroma, capturedAt: 0).sceneGrid
    let columns = Double(width) / Double(SceneGrid.columns)
    let rows = Double(height) / Double(SceneGrid.rows)
    for (row, column) in [(0, 0), (0, 39), (11, 17), (29, 0), (29, 39)] {
      var sum = 0.0
      for y in 0..<height {
        let inRow = max(0, min(Double(y + 1), Double(row + 1) * rows) - max(Double(y), Double(row) * rows))
        for x in 0..<width where inRow > 0 {
          let left = max(Double(x), Double(column) * columns)
          let inColumn = max(0, min(Double(x + 1), Double(column + 1) * columns) - left)
          sum += inRow * inColumn * Double(luma[y * width + x])
        }
      }
      let cell = Double(grid.cells[row * SceneGrid.columns + column])
      #expect(abs(cell - sum / (columns * rows)) <= 1, "row \(row), column \(column)")
    }
  }

  @Test func motionIsTheMeanDifferenceFromThePictureBefore() throws {
    var samples: [UInt8] = []
    func picture(_ width: Int, _ height: Int, _ luma: UInt8) -> AnalysisPicture {
      let count = AnalysisPicture.byteCount(width: width, height: height)
      let pixels = [UInt8](repeating: luma, count: width * height)
      return AnalysisPicture(
        width: width, height: height, pixels: pixels + [UInt8](repeating: 9, count: count - width * height),
        capturedAt: 0)
    }
    #expect(picture(17, 33, 40).motion(since: &samples) == nil)
    #expect(picture(17, 33, 44).motion(since: &samples) == 4)
    #expect(picture(17, 33, 34).motion(since: &samples) == 10)
    // Of another size: nothing to compare with.
    #expect(picture(33, 19, 34).motion(since: &samples) == nil)
    #expect(picture(33, 19, 34).motion(since: &samples) == 0)
  }
}
