import CPictureStatistics
import ExamModel

/// What a picture's brightness shows without searching for faces.
extension AnalysisPicture {
  /// Mean (0...255) and standard deviation (0...127.5) of the luma.
  var luminance: (mean: Float, deviation: Float) {
    var (mean, deviation): (Float, Float) = (0, 0)
    exam_luminance(pixels, Int32(width), Int32(height), &mean, &deviation)
    return (mean, deviation)
  }

  /// Mean luma (0...255) of each cell of `SceneGrid`, row by row.
  var sceneGrid: SceneGrid {
    var grid = SceneGrid()
    // A picture smaller than the grid has no surroundings to watch.
    if width >= SceneGrid.columns, height >= SceneGrid.rows {
      exam_luma_grid(
        pixels, Int32(width), Int32(height), Int32(SceneGrid.columns), Int32(SceneGrid.rows), &grid.cells)
    }
    return grid
  }

  /// Compares with the previous picture and remembers this one instead.
  ///
  /// - Returns: mean absolute difference of luma, 0...255; nil if there was none of this size before.
  func motion(since samples: inout [UInt8]) -> Float? {
    let count = (width + 1) / 2 * ((height + 1) / 2)
    let isFirst = samples.count != count
    if isFirst { samples = [UInt8](repeating: 0, count: count) }
    let difference = exam_motion(pixels, Int32(width), Int32(height), &samples)
    return isFirst ? nil : difference
  }
}
