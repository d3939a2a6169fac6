import ExamModel
import Foundation

/// A sweep as an SVG of lines, dots and text: recall against false alerts per hour, a curve for each threshold, and the delay
/// under each value beside it. The same figures always give the same picture.
struct SweepPicture {
  let sweep: RuleSweep
  let hours: Double

  private static let colours: [RuleKnob: String] = [.window: "#2a78b8", .share: "#c0392b", .limit: "#2e8b57"]
  private static let (ink, soft) = ("#222", "#999")
  private static let (width, height, top, bottom) = (900.0, 380.0, 50.0, 320.0)
  /// Left and right of the two parts.
  private static let (recall, delay) = ((from: 60.0, to: 430.0), (from: 530.0, to: 880.0))

  var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(short(Self.width)) \(short(Self.height))" \
    font-family="sans-serif" font-size="12" role="img" aria-label="\(sweep.kind.rawValue): recall and false alerts per hour">
    <rect width="\(short(Self.width))" height="\(short(Self.height))" fill="#fff"/>
    \((title + recallPart + delayPart + legend).joined(separator: "\n"))
    </svg>

    """
  }

  private var title: [String] {
    [
      text(
        20, 18, "\(sweep.kind.rawValue): one threshold is changed at a time; a ring is the rule in force",
        bold: true)
    ]
  }

  // MARK: Recall against false alerts

  private func falsePerHour(_ point: RuleSweep.Point) -> Double {
    Double(point.figures[sweep.kind]?.falseAlerts ?? 0) / hours
  }

  /// Square roots, since most values are near 0.
  private var mostFalse: Double {
    max(1, sweep.curves.flatMap { $0.points.map(falsePerHour) }.max() ?? 1)
  }

  private var recallPart: [String] {
    let area = Self.recall
    let x = { (rate: Double) in area.from + (rate / mostFalse).squareRoot() * (area.to - area.from) }
    let y = { (recall: Double) in Self.bottom - recall * (Self.bottom - Self.top) }
    var parts = [text(area.from, Self.top - 12, "Recall against false alerts per hour")]
    for tenth in stride(from: 0, through: 10, by: 2) {
      parts += gridLine(y(Double(tenth) / 10), area, short(Double(tenth) / 10))
    }
    for rate in [0, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500] where rate <= mostFalse {
      parts.append(text(x(rate), Self.bottom + 16, short(rate), anchor: "middle", colour: Self.soft))
    }
    for curve in sweep.curves {
      let places = curve.points.compactMap { point in
        point.figures[sweep.kind]?.recall.map { (point, x: x(falsePerHour(point)), y: y($0)) }
      }
      parts += drawn(places, of: curve)
    }
    return parts
  }

  // MARK: Delay

  private var delayPart: [String] {
    let area = Self.delay
    let delays = sweep.curves.flatMap { $0.points.compactMap { $0.figures[sweep.kind]?.p95Delay } }
    let most = max(1, delays.max() ?? 1)
    let y = { (seconds: Double) in Self.bottom - max(0, seconds) / most * (Self.bottom - Self.top) }
    var parts = [
      text(
        area.from, Self.top - 12,
        "Seconds to the alert by value: median, 95 % (dashes)")
    ]
    let step = most > 20 ? 5.0 : most > 8 ? 2 : 1
    for seconds in stride(from: 0, through: most, by: step) {
      parts += gridLine(y(seconds), area, short(seconds))
    }
    for curve in sweep.curves {
      let count = Double(max(1, curve.points.count - 1))
      func places(_ delay: (AlertFigures) -> Double?) -> [(RuleSweep.Point, x: Double, y: Double)] {
        curve.points.enumerated().compactMap { index, point in
          point.figures[sweep.kind].flatMap(delay).map {
            (point, area.from + Double(index) / count * (area.to - area.from), y($0))
          }
        }
      }
      parts += drawn(places(\.medianDelay), of: curve)
      parts.append(line(places(\.p95Delay), of: curve, dash: "5 4"))
    }
    return parts
  }

  // MARK: Parts

  private func drawn(_ places: [(RuleSweep.Point, x: Double, y: Double)], of curve: RuleSweep.Curve)
    -> [String]
  {
    let colour = Self.colours[curve.knob]!
    return [line(places, of: curve)]
      + places.map { point, x, y in
        let told = "\(curve.knob.rawValue) \(curve.knob.text(point.value, of: sweep.kind))"
        let ring =
          point.isPresent ? "fill=\"none\" stroke=\"\(Self.ink)\" stroke-width=\"2\"" : "fill=\"\(colour)\""
        return """
          <circle cx="\(Self.place(x))" cy="\(Self.place(y))" r="\(point.isPresent ? 7 : 3)" \(ring)>\
          <title>\(told)</title></circle>
          """
      }
  }

  private func line(
    _ places: [(RuleSweep.Point, x: Double, y: Double)], of curve: RuleSweep.Curve, dash: String? = nil
  ) -> String {
    let points = places.map { "\(Self.place($0.x)),\(Self.place($0.y))" }.joined(separator: " ")
    return """
      <polyline points="\(points)" fill="none" stroke="\(Self.colours[curve.knob]!)" stroke-width="1.8"\
      \(dash.map { " stroke-dasharray=\"\($0)\"" } ?? "")/>
      """
  }

  private var legend: [String] {
    sweep.curves.enumerated().flatMap { index, curve in
      let x = 60 + Double(index) * 280
      let y = Self.bottom + 44
      let values = curve.points.map(\.value)
      let range = [values.first, values.last].compactMap { $0 }.map { curve.knob.text($0, of: sweep.kind) }
      return [
        """
        <line x1="\(Self.place(x))" y1="\(Self.place(y - 4))" x2="\(Self.place(x + 20))" y2="\(Self.place(y - 4))" \
        stroke="\(Self.colours[curve.knob]!)" stroke-width="3"/>
        """,
        text(x + 26, y, "\(curve.knob.rawValue) from \(range.joined(separator: " to "))"),
      ]
    }
  }

  private func gridLine(_ y: Double, _ area: (from: Double, to: Double), _ label: String) -> [String] {
    [
      """
      <line x1="\(Self.place(area.from))" y1="\(Self.place(y))" x2="\(Self.place(area.to))" y2="\(Self.place(y))" \
      stroke="#eee"/>
      """,
      text(area.from - 8, y + 4, label, anchor: "end", colour: Self.soft),
    ]
  }

  private func text(
    _ x: Double, _ y: Double, _ text: String, anchor: String = "start", colour: String = ink,
    bold: Bool = false
  ) -> String {
    """
    <text x="\(Self.place(x))" y="\(Self.place(y))" text-anchor="\(anchor)" fill="\(colour)"\
    \(bold ? " font-weight=\"bold\"" : "")>\(text)</text>
    """
  }

  private static func place(_ value: Double) -> String { String(format: "%.1f", value) }
}
