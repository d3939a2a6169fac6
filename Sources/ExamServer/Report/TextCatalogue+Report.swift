import ExamModel

/// What a report says about an exam, for people who were not there and do not know the program.
extension TextCatalogue {
  func title(_ kind: AlertKind) -> String { self("alert.\(kind.rawValue).title") }

  func title(_ kind: Accommodation.Kind) -> String {
    switch kind {
    case .alert(let kind): title(kind)
    case .grant(let grant): self("grant.\(grant.rawValue).title")
    }
  }

  func short(_ kind: AlertKind) -> String { self("alert.\(kind.rawValue).short") }

  /// The name, or that nothing but the id is known.
  func name(_ student: ReportStudent) -> String {
    student.joinedAt == nil ? self("report.student.unknown", ["id": student.name]) : student.name
  }

  func severity(_ severity: AlertSeverity) -> String { self("report.severity.\(severity.rawValue)") }

  func cause(_ cause: BlindSpot.Cause) -> String { self("report.cause.\(cause.rawValue)") }

  /// That a share of so few would tell nothing.
  func tooFew(_ verdicts: ReportVerdicts) -> String {
    self("report.verdicts.tooFewWhy", ["judged": "\(verdicts.judged)", "fewest": "\(ReportVerdicts.fewest)"])
  }

  func removal(_ cause: Dismissal.Cause) -> String { self("report.removal.\(cause.rawValue)") }

  func ending(_ reason: EndReason, by name: String?) -> String {
    switch reason {
    case .teacher: name.map { self("report.ending.teacher", ["name": $0]) } ?? self("report.ending.somebody")
    case .idle: self("report.ending.idle")
    }
  }

  func effect(_ accommodation: Accommodation) -> String {
    let kind = title(accommodation.kind)
    switch (accommodation.kind, accommodation.effect) {
    case (.grant(let grant), .grant):
      let granted = self("grant.\(grant.rawValue).granted", count: accommodation.amount)
      return self("report.granted.what", ["kind": kind, "granted": granted])
    case (.grant, _): return self("report.granted.ended", ["kind": kind])
    case (.alert, let effect):
      let factor = accommodation.factor.written(digits: 1)
      return self("report.effect.\(effect.rawValue)", ["kind": kind, "factor": factor])
    }
  }

  /// What was seen, in a sentence.
  func seen(_ record: AlertRecord) -> String {
    self(
      "alert.\(record.kind.rawValue).seen",
      [
        "seconds": record.thresholds.window.written(digits: 0),
        "share": (record.confidence * 100).written(digits: 0),
        "limit": (record.thresholds.limit ?? 0).written(digits: 0),
        "program": record.said.map(program) ?? "",
      ])
  }

  /// The name of a program that makes pictures; its code if it is one of a newer version.
  private func program(_ code: String) -> String {
    CameraProgram(rawValue: code).map { self("program.\($0.rawValue)") } ?? code
  }

  /// The thresholds that confirmed an alert, in sentences.
  func thresholds(_ thresholds: AlertThresholds, of kind: AlertKind) -> String {
    let window = duration(thresholds.window)
    var conditions =
      switch (thresholds.window, thresholds.share) {
      case (0, _): self("report.rule.atOnce")
      case (_, ..<1): self("report.rule.share", ["long": window, "share": percent(thresholds.share)])
      default: self("report.rule.window", ["long": window])
      }
    if let limit = thresholds.limit {
      var measure = self("report.limit.\(kind.rawValue)", ["limit": limit.written(digits: 2)])
      if kind.row.measure?.unit == .degrees, let usual = thresholds.baseline {
        measure = self("report.rule.usual", ["limit": measure, "direction": direction(usual)])
      }
      conditions = listed([conditions, measure], by: "report.next")
    }
    return self("report.rule.text", ["conditions": conditions, "cooldown": duration(thresholds.cooldown)])
  }

  func baseline(_ baseline: Baseline) -> String {
    self(
      "report.usual",
      [
        "head": baseline.yaw.map { self("report.head", ["direction": direction(Double($0))]) }
          ?? self("report.headUnknown"),
        "face": percent(Double(baseline.faceHeight)),
        "brightness": Double(baseline.luminance).written(digits: 0), "checks": "\(baseline.checks)",
      ])
  }

  private func direction(_ yaw: Double) -> String {
    let degrees = abs(yaw).written(digits: 0)
    return degrees == "0"
      ? self("report.direction.ahead")
      : self(yaw < 0 ? "report.direction.left" : "report.direction.right", ["degrees": degrees])
  }

  /// Why somebody should look at this student first.
  func reasons(for student: ReportStudent, isFinished: Bool) -> [String] {
    var reasons: [String] = []
    if student.openAlerts > 0 {
      reasons.append(
        self(isFinished ? "report.attention.notOver" : "report.attention.open", count: student.openAlerts))
    }
    if student.unseenAlerts > 0 {
      reasons.append(self("report.attention.unseen", count: student.unseenAlerts))
    }
    if !student.hasStreamed {
      reasons.append(
        self(student.presence.isEmpty ? "report.attention.neverConnected" : "report.attention.neverStreamed"))
    }
    // Less than that is the jitter of a busy hour.
    if student.blindSeconds > 60, student.blindSeconds > student.presentSeconds * 0.1 {
      reasons.append(self("report.attention.blind", ["long": duration(student.blindSeconds)]))
    }
    if student.studentNotes > 0 {
      reasons.append(self("report.attention.notes", count: student.studentNotes))
    }
    return reasons
  }

  // MARK: Lists and numbers

  /// One after the other, joined by the text of `key`, which joins two.
  func listed(_ parts: [String], by key: String) -> String {
    parts.dropFirst().reduce(parts.first ?? "") { self(key, ["rest": $0, "next": $1]) }
  }

  func listed(_ parts: [HTML], by key: String) -> HTML {
    parts.dropFirst().reduce(parts.first ?? "") { html(key, ["rest": $0, "next": $1]) }
  }

  func sentences(_ all: [String]) -> String {
    all.dropFirst().reduce(all.first ?? "") { self("list.sentences", ["first": $0, "second": $1]) }
  }

  /// `2.4 s`, `17 s`, `3 min 20 s`, `1 h 59 min`; no line breaks within.
  func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let minutes = whole < 3600 ? whole / 60 : Int((seconds / 60).rounded())
    let text =
      switch seconds {
      case ..<9.95: self("duration.seconds", ["seconds": seconds.written(digits: 1)])
      case _ where whole < 60: self("duration.seconds", ["seconds": "\(whole)"])
      case _ where whole < 3600 && whole % 60 == 0: self("duration.minutes", ["minutes": "\(minutes)"])
      case _ where whole < 3600:
        self("report.duration.minutes", ["minutes": "\(minutes)", "seconds": "\(whole % 60)"])
      case _ where minutes % 60 == 0: self("report.duration.hours", ["hours": "\(minutes / 60)"])
      default: self("duration.hours", ["hours": "\(minutes / 60)", "minutes": "\(minutes % 60)"])
      }
    return text.replacing(" ", with: "\u{A0}")
  }

  func percent(_ share: Double) -> String {
    self("report.percent", ["percent": (share * 100).written(digits: 0)]).replacing(" ", with: "\u{A0}")
  }
}

extension Double {
  /// Rounded, without zeros at the end.
  func written(digits: Int) -> String {
    guard isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (self * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
