import ExamModel

/// The rules of alerts: `alerts.KIND.…` for every kind, and what pictures are judged by besides.
extension SettingTable {
  static let alerts = SettingSection(
    title: "Alerts",
    introduction: """
      docs/tuning.md shows for windows, shares and limits what other values would have told. The kinds of alerts are \
      explained in docs/protocol.md.
      """,
    settings: AlertKind.allCases.flatMap { kind in
      AlertRules.standard.rules[kind].map { rules(kind, $0) } ?? []
    })

  private static func rules(_ kind: AlertKind, _ rule: AlertRule) -> [Setting] {
    let seconds = Setting.Kind.number(0...3600)
    func setting(
      _ name: String, _ kindOfValue: Setting.Kind, _ standard: Double, unit: String? = nil, _ meaning: String,
      whenRaised: String
    ) -> Setting {
      Setting(
        "alerts.\(kind.rawValue).\(name)", kindOfValue, short(standard), unit: unit, meaning,
        whenRaised: whenRaised, effect: .newExams)
    }
    var settings = [
      setting(
        "window", seconds, rule.window.inSeconds, unit: "seconds", "Until a suspicion is confirmed.",
        whenRaised: "alerts come later, and what is over sooner is not told"),
      setting(
        "share", .number(0.01...1), rule.share, "Share of the looks in the window that must agree.",
        whenRaised: "what shows only in a part of the looks is told later or not at all"),
    ]
    if let limit = rule.limit, let measure = kind.row.measure {
      settings.append(
        setting(
          "limit", .number(0...180), limit, unit: unit(measure.unit),
          "\(limitMeaning(kind)) \(measure.isBadAbove ? "above" : "below") which a look counts.",
          whenRaised: measure.isBadAbove ? "fewer looks count" : "more looks count"))
    }
    return settings + [
      setting(
        "good_looks", .whole(1...100), Double(rule.goodLooks), unit: "looks",
        "Good looks in a row that drop a suspicion; where each look is certain (a share of 1) one is enough.",
        whenRaised: "a suspicion outlasts more good looks"),
      setting(
        "clear_after", seconds, rule.clearAfter.inSeconds, unit: "seconds",
        "All must be well for this long until an alert is over.", whenRaised: "alerts last longer"),
      setting(
        "cooldown", seconds, rule.cooldown.inSeconds, unit: "seconds",
        "An alert that recurs within it is the same alert.", whenRaised: "teachers are told less often"),
    ]
  }

  private static func unit(_ unit: AlertRow.Measure.Unit) -> String {
    switch unit {
    case .degrees: "degrees"
    case .levels: "levels of brightness"
    }
  }

  private static func limitMeaning(_ kind: AlertKind) -> String {
    switch kind {
    case .lookingAway: "Turn of the head from where this student usually looks,"
    case .cameraCovered: "Sharpness of the picture's edges"
    case .pictureFrozen: "Mean change of brightness from one look to the next"
    default: "What is measured,"
    }
  }

  static let pictures = SettingSection(
    title: "Pictures",
    introduction: "What pictures are judged by besides the rules of the kinds.",
    settings: PictureThresholds.settings.map { threshold in
      guard let words = thresholds[threshold.name] else {
        preconditionFailure("\(threshold.name) has no words")
      }
      return Setting(
        "pictures.\(threshold.name)", .number(threshold.range),
        short(AlertRules.standard.pictures[keyPath: threshold.field]), unit: words.unit, words.meaning,
        whenRaised: words.raised, effect: .newExams)
    })

  private static let thresholds: [String: (unit: String?, meaning: String, raised: String)] = [
    "farthest_baseline": (
      "degrees", "A usual direction of the head further to the side is not believed.",
      "who calibrates a look to the side may look there"
    ),
    "yaw_before_baseline": (
      "degrees", "How much further a head may turn until its usual direction is known.",
      "at the beginning of an exam fewer looks count"
    ),
    "turning": (
      "degrees", "From where on a face that is lost was turning away.",
      "more lost faces are told as missing, and fewer as looking away"
    ),
    "share_of_edges": (
      nil, "Where the usual picture has weak edges, a covered one has less than this share of them.",
      "more pictures of dim rooms count as covered"
    ),
    "least_edges": (
      "levels of brightness", "Weaker edges than that are those of a covered camera in any room.",
      "more pictures of dim rooms count as covered"
    ),
    "motion_of_empty_room": (
      "levels of brightness", "Mean change of brightness below which a picture without a face is frozen.",
      "more empty rooms are told as frozen pictures"
    ),
    "surely_moved": (
      "levels of brightness",
      "Mean change of brightness above which a picture has moved, whatever its encoder did.",
      "fewer changes end the suspicion of a frozen picture at once"
    ),
    "polishing": (
      "seconds", "How long an encoder may refine a picture that stands still.",
      "pictures that move very little count as frozen for longer"
    ),
  ]
}
