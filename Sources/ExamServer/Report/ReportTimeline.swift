import ExamModel

/// What happened to one student over time, as bars in lanes. All positions are percentages of the time shown, so the
/// drawing fits any width and its text stays as large as the page's.
struct ReportTimeline {
  enum Style: String {
    case presence, pause, blind, low, medium, high

    init(_ severity: AlertSeverity) {
      switch severity {
      case .low: self = .low
      case .medium: self = .medium
      case .high: self = .high
      }
    }
  }

  struct Bar {
    let x: Double
    let width: Double
    let style: Style
    /// Whether it continues beyond what is shown.
    let isOpen: Bool
    let label: String
  }

  struct Lane {
    let name: String
    let bars: [Bar]
  }

  struct Tick {
    let x: Double
    let label: String
  }

  let lanes: [Lane]
  let ticks: [Tick]
  /// The same as text.
  let description: String

  init(of student: ReportStudent, bounds: ReportSpan, clock: ReportClock) {
    let t = clock.words
    func lane(_ name: String, _ style: Style, _ spans: [ReportSpan], _ what: (Int) -> String) -> Lane {
      let bars = spans.indices.compactMap { index -> Bar? in
        let span = spans[index]
        guard let extent = Self.extent(of: span, in: bounds) else { return nil }
        let words = [
          "what": what(index), "from": clock.time(span.from),
          "until": span.isOpen ? t("report.timeline.end") : clock.time(span.until),
          "long": t.duration(span.seconds),
        ]
        return Bar(
          x: extent.x, width: extent.width, style: style, isOpen: span.isOpen,
          label: t("report.timeline.bar", words))
      }
      return Lane(name: name, bars: bars)
    }
    let (connected, paused) = (t("report.timeline.connected"), t("report.timeline.paused"))
    var lanes = [lane(connected, .presence, student.presence) { _ in connected }]
    if !student.pauses.isEmpty {
      lanes.append(lane(paused, .pause, student.pauses.map(\.span)) { _ in paused })
    }
    if !student.blindSpots.isEmpty {
      lanes.append(
        lane(t("report.timeline.blind"), .blind, student.blindSpots.map(\.span)) {
          t("report.timeline.blindWhy", ["cause": t.cause(student.blindSpots[$0].cause)])
        })
    }
    for kind in student.alertCounts.map(\.kind) {
      let alerts = student.alerts.filter { $0.record.kind == kind }
      // A kind has one severity, unless the rules were changed in between.
      let severity = alerts.map(\.record.severity).max() ?? .medium
      lanes.append(
        lane(t.short(kind), Style(severity), alerts.map(\.span)) { _ in t.title(kind) })
    }
    self.lanes = lanes
    ticks = Self.ticks(bounds, clock)
    let told = lanes.map { lane in
      guard !lane.bars.isEmpty else { return t("report.timeline.never", ["lane": lane.name]) }
      // Nobody reads hundreds of bars; the table has all of them.
      let bars = t.listed(lane.bars.prefix(12).map(\.label), by: "report.next")
      let more = ["bars": bars, "number": "\(lane.bars.count - 12)"]
      return t(
        "report.timeline.lane", ["bars": lane.bars.count > 12 ? t("report.timeline.more", more) : bars])
    }
    description = t.sentences(told)
  }

  /// Position of a stretch, in percent; `nil` if none of it is shown.
  static func extent(of span: ReportSpan, in bounds: ReportSpan) -> (x: Double, width: Double)? {
    guard let part = span.clipped(to: bounds) else { return nil }
    let scale = 100 / max(bounds.seconds, 0.001)
    return (ReportSpan(from: bounds.from, until: part.from).seconds * scale, part.seconds * scale)
  }

  private static let steps: [Int64] = [
    10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  ]

  /// Whole steps of local time, about six at most. If the clocks are changed, the first one and each first one after a
  /// change give the offset from UTC: the same hour can occur twice.
  static func ticks(_ bounds: ReportSpan, _ clock: ReportClock) -> [Tick] {
    let step = steps.first { bounds.seconds / Double($0) <= 6 } ?? Int64(bounds.seconds / 6) + 1
    let past =
      clock.secondsPastWhole(step, at: bounds.from) * 1_000_000 + bounds.from.microseconds % 1_000_000
    var at = Timestamp(microseconds: bounds.from.microseconds - past)
    var ticks: [Tick] = []
    var said = clock.changes.isEmpty ? clock.difference(at: bounds.from) : ""
    while at <= bounds.until {
      if at >= bounds.from, let place = extent(of: ReportSpan(from: at, until: at), in: bounds) {
        let difference = clock.difference(at: at)
        let minute = difference == said ? clock.minute(at) : "\(clock.minute(at)) \(difference)"
        ticks.append(Tick(x: place.x, label: step < 60 ? clock.time(at) : minute))
        said = difference
      }
      at = at.advanced(by: .seconds(step))
      // A change of the clock shifts it off the whole step.
      let past = clock.secondsPastWhole(step, at: at)
      at = at.advanced(by: .seconds(past > step / 2 ? step - past : -past))
    }
    return ticks
  }
}

extension ReportTimeline {
  private static let laneHeight = 20
  private static let axisHeight = 20

  /// - Parameter id: distinguishes this drawing's elements from those of others on the page.
  func drawing(title: String, id: Int) -> HTML {
    let height = lanes.count * Self.laneHeight
    let names: [HTML] = lanes.map { "<span>\($0.name)</span>" }
    let grid: [HTML] = ticks.map {
      "<line class=\"grid\" x1=\"\(Self.percent($0.x))\" x2=\"\(Self.percent($0.x))\" y1=\"0\" y2=\"\(height)\"/>"
    }
    let labels: [HTML] = ticks.map { tick in
      let anchor = tick.x < 5 ? "start" : tick.x > 95 ? "end" : "middle"
      return
        "<text x=\"\(Self.percent(tick.x))\" y=\"\(height + 14)\" text-anchor=\"\(anchor)\">\(tick.label)</text>"
    }
    let bars: [HTML] = lanes.enumerated().map { index, lane in
      let top = index * Self.laneHeight
      let bars: [HTML] = lane.bars.map { bar in
        """
        <rect class="\(bar.style.rawValue)\(bar.isOpen ? " open" : "")" x="\(Self.percent(bar.x))" y="\(top + 4)" \
        width="\(Self.percent(bar.width))" height="12"><title>\(bar.label)</title></rect>
        """
      }
      return "<line class=\"track\" x1=\"0\" x2=\"100%\" y1=\"\(top + 10)\" y2=\"\(top + 10)\"/>\(bars)"
    }
    return """
      <div class="timeline"><div class="lanes" aria-hidden="true">\(names)</div>
      <svg role="img" aria-labelledby="t\(id)" aria-describedby="d\(id)" width="100%" \
      height="\(height + Self.axisHeight)"><title id="t\(id)">\(title)</title><desc id="d\(id)">\(description)</desc>
      \(grid)\(bars)<g class="axis">\(labels)</g></svg></div>

      """
  }

  private static func percent(_ value: Double) -> String { value.written(digits: 3) + "%" }
}
