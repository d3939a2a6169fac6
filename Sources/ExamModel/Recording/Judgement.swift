/// A confirmation that reached the teacher, `at` seconds after the clip's first picture.
public struct ToldAlert: Sendable, Hashable {
  public var kind: AlertKind
  public var at: Double

  public init(kind: AlertKind, at: Double) {
    self.kind = kind
    self.at = at
  }
}

/// Which alerts of one clip were right: they are matched with the events of its labels.
///
/// An alert answers an event if it is of its kind and comes between its onset and its end, or up to `slack` later; the onset
/// may be told `early` too early, since labels are not exact to a picture. An event answered is found, by an alert that
/// answers no other; any other event is missed, and an alert that answers nothing is false. Three things count neither way:
///
/// - an alert for an event of about its kind's window (`borderline` more or less), and that there is none;
/// - what the labels call tolerated;
/// - the same alert confirmed again during one event: it is a repeat.
///
/// For an event clearly shorter than the window every alert is false.
public struct Judgement: Sendable, Hashable {
  /// Seconds, as the others.
  static let slack = 1.0
  static let early = 0.5
  static let borderline = 0.75

  public struct Timed: Sendable, Hashable {
    public var kind: AlertKind
    public var seconds: Double
    /// The place of its event in the labels; `nil` for a false alert.
    public var event: Int?
  }

  /// Events with the seconds until they were told.
  public private(set) var found: [Timed] = []
  /// Events with their beginning.
  public private(set) var missed: [Timed] = []
  /// Alerts with their time.
  public private(set) var falseAlerts: [Timed] = []
  public private(set) var repeats: [AlertKind] = []
  public private(set) var tolerated: [AlertKind] = []

  /// - Parameters:
  ///   - seconds: the clip's length.
  ///   - onsets: when the picture of each event's onset was really sent, one for each; by the labels if `nil`.
  ///   - rules: those whose windows say which events are long enough. To compare rules, judge all by the same.
  public init(
    of alerts: [ToldAlert], labels: ClipLabels, seconds: Double, onsets: [Double]? = nil, rules: AlertRules
  ) {
    let alerts = alerts.filter { $0.at <= seconds + Self.slack }.sorted { $0.at < $1.at }
    var isAnswer = alerts.map { _ in false }
    let places = zip(labels.events.indices, onsets ?? labels.events.map(\.from)).sorted { $0.1 < $1.1 }
    // What else each event that is found or borderline explains, and the kind of the alert that found it.
    var others: [(alerts: [Int], kind: AlertKind?)] = []
    for (place, onset) in places {
      let event = labels.events[place]
      let length = event.to - event.from
      let window = rules.rules[event.kind]?.window.inSeconds ?? 0
      let latest = event.to + (onset - event.from) + Self.slack
      let answers = alerts.indices.filter { index in
        (alerts[index].kind == event.kind || event.others.contains(alerts[index].kind))
          && onset - Self.early <= alerts[index].at && alerts[index].at <= latest
      }
      if length < window - Self.borderline { continue }
      if length < window + Self.borderline, window > 0 {
        others.append((answers, nil))
      } else if let first = answers.first(where: { !isAnswer[$0] }) {
        found.append(Timed(kind: event.kind, seconds: alerts[first].at - onset, event: place))
        isAnswer[first] = true
        others.append((answers, alerts[first].kind))
      } else {
        missed.append(Timed(kind: event.kind, seconds: event.from, event: place))
      }
    }
    // Only now: what comes again in one event may be what the next one is found by.
    for (answers, kind) in others {
      for other in answers where !isAnswer[other] {
        isAnswer[other] = true
        // Another kind that is an equally good answer is not a repeat.
        if alerts[other].kind == kind {
          repeats.append(alerts[other].kind)
        } else {
          tolerated.append(alerts[other].kind)
        }
      }
    }
    for (index, alert) in alerts.enumerated() where !isAnswer[index] {
      let isTolerated = labels.tolerated.contains { span in
        alert.kind == span.kind && span.from - Self.early <= alert.at && alert.at <= span.to + Self.slack
      }
      if isTolerated {
        tolerated.append(alert.kind)
      } else {
        falseAlerts.append(Timed(kind: alert.kind, seconds: alert.at))
      }
    }
  }
}
