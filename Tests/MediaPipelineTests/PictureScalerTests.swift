import CPictureScaler
import Foundation
import Testing

/// The mean of what each pixel covers, computed the simple way.
private func areaMeans(_ from: [UInt8], _ width: Int, _ height: Int, to: (width: Int, height: Int))
  -> [Double]
{
  func weights(_ pixel: Int, _ from: Int, _ to: Int) -> [(index: Int, weight: Double)] {
    let scale = Double(from) / Double(to)
    let (begin, end) = (Double(pixel) * scale, Double(pixel + 1) * scale)
    return (Int(begin)..<min(from, Int(end.rounded(.up)))).map {
      ($0, max(0, min(end, Double($0 + 1)) - max(begin, Double($0))) / scale)
    }
  }
  let columns = (0..<to.width).map { weights($0, width, to.width) }
  return (0..<to.height).flatMap { y in
    let rows = weights(y, height, to.height)
    return columns.map { columns in
      rows.reduce(0) { sum, row in
        sum + row.weight * columns.reduce(0) { $0 + $1.weight * Double(from[row.index * width + $1.index]) }
      }
    }
  }
}

struct Scaling: CustomTestStringConvertible {
  let from: (width: Int, height: Int)
  let to: (width: Int, height: Int)
  var testDescription: String { "\(from.width)x\(from.height) to \(to.width)x\(to.height)" }
}

@Suite struct PictureScalerTests {
  static let scalings = [
    Scaling(from: (480, 360), to: (320, 240)), Scaling(from: (240, 180), to: (160, 120)),
    Scaling(from: (640, 480), to: (320, 240)), Scaling(from: (1280, 720), to: (320, 180)),
    Scaling(from: (960, 544), to: (320, 181)), Scaling(from: (360, 480), to: (240, 320)),
    Scaling(from: (353, 287), to: (320, 260)), Scaling(from: (321, 241), to: (320, 240)),
    Scaling(from: (400, 300), to: (33, 19)), Scaling(from: (320, 240), to: (320, 240)),
    Scaling(from: (7, 5), to: (16, 16)), Scaling(from: (1, 1), to: (16, 16)),
    Scaling(from: (100, 2), to: (17, 1)),
  ]

  /// Both ways, into memory with a guard after every row.
  private func scale(_ scaling: Scaling, _ pixels: [UInt8]) -> (
    fast: [UInt8], portable: [UInt8], guards: Set<UInt8>
  ) {
    let (from, to) = (scaling.from, scaling.to)
    let stride = to.width + 8
    let scaler = exam_plane_scaler_new(
      Int32(from.width), Int32(from.height), Int32(to.width), Int32(to.height))
    defer { exam_plane_scaler_free(scaler) }
    var guards: Set<UInt8> = []
    func run(_ scale: (OpaquePointer?, UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int) -> Void)
      -> [UInt8]
    {
      var result = [UInt8](repeating: 0xA5, count: stride * to.height)
      scale(scaler, pixels, from.width, &result, stride)
      return (0..<to.height).flatMap { row -> ArraySlice<UInt8> in
        guards.formUnion(result[row * stride + to.width..<(row + 1) * stride])
        return result[row * stride..<row * stride + to.width]
      }
    }
    return (run(exam_plane_scaler_run), run(exam_plane_scaler_run_portable), guards)
  }

  @Test(arguments: scalings) func aPixelIsTheMeanOfWhatItCovers(_ scaling: Scaling) {
    var random = SystemRandomNumberGenerator()
    let pixels = (0..<scaling.from.width * scaling.from.height).map { _ in random.next() as UInt8 }
    let (fast, portable, guards) = scale(scaling, pixels)
    let expected = areaMeans(pixels, scaling.from.width, scaling.from.height, to: scaling.to)
    #expect(fast == portable)
    #expect(guards == [0xA5], "something was written beside the picture")
    // Weights are whole 128ths and 256ths.
    let worst = zip(fast, expected).map { abs(Double($0) - $1) }.max()!
    #expect(worst <= 2.5, "off by \(worst)")
    let bias = zip(fast, expected).reduce(0) { $0 + Double($1.0) - $1.1 } / Double(expected.count)
    #expect(expected.count < 1000 || abs(bias) < 0.2, "too bright by \(bias)")
  }

  @Test(arguments: scalings, [0, 16, 128, 235, 255] as [UInt8])
  func aPlainPlaneKeepsItsValue(_ scaling: Scaling, _ value: UInt8) {
    let (fast, _, _) = scale(
      scaling, [UInt8](repeating: value, count: scaling.from.width * scaling.from.height))
    #expect(Set(fast) == [value])
  }
}
