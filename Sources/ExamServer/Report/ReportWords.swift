import ExamModel

/// The words of a report, for people who were not there and know nothing of the program.
enum ReportWords {
  static func severity(_ severity: AlertSeverity) -> String {
    switch severity {
    case .high: "serious"
    case .medium: "medium"
    }
  }

  static func cause(_ cause: BlindSpot.Cause) -> String {
    switch cause {
    case .overload: "too much to do"
    case .restart: "the server was down"
    case .keyFrame: "the video could not be decoded for a moment"
    case .pipeline: "the video had to be set up again"
    case .checkFailed: "the face check failed"
    case .noPicture: "no picture came over the network"
    }
  }

  /// Why a picture that was taken is not kept.
  static func noRoom(_ state: PictureState) -> String {
    switch state {
    case .studentFull: "Picture not kept: as many as one student may have were kept"
    case .examFull: "Picture not kept: the room for this exam’s pictures was used up"
    case .serverFull: "Picture not kept: the server’s room for pictures was used up"
    default: "Picture not kept: the server’s disk did not take it"
    }
  }

  static func ending(_ reason: EndReason, by name: String?) -> String {
    switch reason {
    case .teacher: "ended by \(name ?? "a teacher")"
    case .idle: "ended by itself, since nobody was connected any more"
    }
  }

  static func effect(_ accommodation: Accommodation) -> String {
    let kind = accommodation.kind.row.title
    return switch accommodation.effect {
    case .mute: "“\(kind)” raises no alert"
    case .loosen: "“\(kind)” may last and go \(number(accommodation.factor, digits: 1)) times as far"
    case .none: "“\(kind)” by the usual rules again"
    }
  }

  /// What it took to confirm an alert, in a sentence.
  static func thresholds(_ thresholds: AlertThresholds, of kind: AlertKind) -> String {
    var text =
      thresholds.window == 0
      ? "Confirmed at the first look" : "Confirmed after \(duration(thresholds.window))"
    if thresholds.window > 0, thresholds.share < 1 {
      text += " in which \(percent(thresholds.share)) of looks agree"
    }
    if let limit = thresholds.limit { text += "; " + measure(limit, thresholds.baseline, of: kind) }
    return text + ". What comes back within \(duration(thresholds.cooldown)) counts as the same alert."
  }

  private static func measure(_ limit: Double, _ baseline: Double?, of kind: AlertKind) -> String {
    let words = kind.row.measure?.words ?? "limit {limit}"
    let usual = kind.row.measure?.unit == .degrees ? baseline : nil
    return words.replacing("{limit}", with: number(limit, digits: 2))
      + (usual.map { " from this student’s usual \(direction($0))" } ?? "")
  }

  static func baseline(_ baseline: Baseline) -> String {
    let yaw = baseline.yaw.map { "head \(direction(Double($0)))" } ?? "direction of the head unknown"
    return "\(yaw), face \(percent(Double(baseline.faceHeight))) of the picture’s height, brightness "
      + "\(number(Double(baseline.luminance), digits: 0)) of 255 (median of \(baseline.checks) checks)"
  }

  private static func direction(_ yaw: Double) -> String {
    let degrees = number(abs(yaw), digits: 0)
    return degrees == "0" ? "straight ahead" : "\(degrees)° to the \(yaw < 0 ? "left" : "right")"
  }

  /// Why somebody should look at this student first.
  static func reasons(for student: ReportStudent, isFinished: Bool) -> [String] {
    var reasons: [String] = []
    if student.openAlerts > 0 {
      reasons.append(
        isFinished
          ? "\(count(student.openAlerts, "alert")) not over when the session ended"
          : "\(count(student.openAlerts, "alert")) open")
    }
    if student.unseenAlerts > 0 {
      reasons.append("\(count(student.unseenAlerts, "serious alert")) that nobody acknowledged")
    }
    if !student.hasStreamed {
      reasons.append(student.presence.isEmpty ? "joined and never connected" : "never sent a picture")
    }
    // Less than that is the jitter of a busy hour.
    if student.blindSeconds > 60, student.blindSeconds > student.presentSeconds * 0.1 {
      reasons.append("not watched for \(duration(student.blindSeconds))")
    }
    if student.studentNotes > 0 { reasons.append("wrote \(count(student.studentNotes, "note"))") }
    return reasons
  }

  // MARK: Numbers

  /// `1 alert`, `2 alerts`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// `2.4 s`, `17 s`, `3 min 20 s`, `1 h 59 min`; no line breaks within.
  static func duration(_ seconds: Double) -> String {
    if seconds < 9.95 { return "\(number(seconds, digits: 1))\u{A0}s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole)\u{A0}s" }
    if whole < 3600 {
      return "\(whole / 60)\u{A0}min" + (whole % 60 == 0 ? "" : "\u{A0}\(whole % 60)\u{A0}s")
    }
    let minutes = Int((seconds / 60).rounded())
    return "\(minutes / 60)\u{A0}h" + (minutes % 60 == 0 ? "" : "\u{A0}\(minutes % 60)\u{A0}min")
  }

  static func percent(_ share: Double) -> String { "\(number(share * 100, digits: 0))\u{A0}%" }

  /// Rounded, without zeros at the end.
  static func number(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
