import ExamModel

/// A metric that is counted as things happen.
protocol Metric: Sendable {
  func write(to text: inout PrometheusText)
}

/// What the server counts, each with its name and help in `/metrics`: to add a metric, add a line here and count it where it
/// happens. What is read on request is in `MeasuredMetrics`.
///
/// swift-prometheus would need as many lines and two more packages, and its gauges cannot be read on request.
struct CountedMetrics: Sendable {
  let framesReceived = Counter("exam_frames_received_total", "Frames students sent.")
  let framesRefused = dropped("refused")
  let framesWithoutKey = dropped("waiting_for_key_frame")
  let framesThinned = dropped("not_needed")
  let framesBehind = dropped("decoder_behind")
  let framesWithoutPipeline = dropped("no_pipeline")
  let picturesEncoded = Counter("exam_pictures_encoded_total", "Pictures encoded for teachers.")
  let picturesDelivered = Counter("exam_pictures_delivered_total", "Pictures sent to teachers over sockets.")
  let alertsConfirmed = Tally<AlertKind, Int>(
    "exam_alerts_confirmed_total", "Alerts raised, by kind.", by: "kind")
  let alertsJudgedRight = judged(.right)
  let alertsJudgedWrong = judged(.wrong)
  let blindSpots = Tally<BlindSpot.Cause, Int>(
    "exam_blind_spots_total", "Stretches in which the server did not look at a student, by cause.",
    by: "cause")
  let blindSeconds = Tally<BlindSpot.Cause, Double>(
    "exam_blind_seconds_total", "How long these stretches were together.", by: "cause")
  let checkGaps = Histogram(
    "exam_time_between_checks_seconds", "From one check of a student who sends video to the next.",
    bounds: Array(stride(from: 0.5, through: 1.95, by: 0.1)) + [2, 2.5, 3, 4, 5, 7.5, 10, 15, 30, 60])

  private static func dropped(_ cause: String) -> Counter {
    Counter("exam_frames_dropped_total", "Frames not decoded, by cause.", labels: "{cause=\"\(cause)\"}")
  }

  private static func judged(_ verdict: AlertVerdict) -> Tally<AlertKind, Int> {
    Tally(
      "exam_alert_verdicts_total", "Verdicts of teachers on alerts, by kind and verdict.", by: "kind",
      labels: "verdict=\"\(verdict.rawValue)\"")
  }

  func count(_ verdict: AlertVerdict, on kind: AlertKind) {
    switch verdict {
    case .right: alertsJudgedRight.add(1, to: kind)
    case .wrong: alertsJudgedWrong.add(1, to: kind)
    }
  }

  func count(blindSpot cause: BlindSpot.Cause, seconds: Double) {
    blindSpots.add(1, to: cause)
    blindSeconds.add(seconds, to: cause)
  }

  /// Writes every property, so none can be forgotten.
  func write(to text: inout PrometheusText) {
    for case let metric as any Metric in Mirror(reflecting: self).children.map(\.value) {
      metric.write(to: &text)
    }
  }
}
