/// A clip whose pictures were checked once, with what really happens in it: all that the policy needs to judge it again.
public struct RecordedClip: Sendable {
  /// How often a student's page sends a picture, as in `make eval`.
  static let frameInterval = Duration.milliseconds(100)
  /// How often the server calls the policy besides the checks.
  static let tickInterval = Duration.milliseconds(250)

  public let name: String
  public let labels: ClipLabels
  /// Oldest first.
  public let looks: [RecordedLook]
  /// Its length: to one check after the last.
  public let seconds: Double

  /// - Parameter looks: at least one, oldest first.
  public init(name: String, labels: ClipLabels, looks: [RecordedLook]) {
    let last = looks.last?.at ?? 0
    let interval = looks.count > 1 ? (last - looks[0].at) / Double(looks.count - 1) : 0.5
    seconds = ((last + interval) * 10).rounded() / 10
    self.name = name
    self.looks = looks
    var labels = labels
    labels.end(at: seconds)
    self.labels = labels
  }

  /// What teachers would have been told under other rules: the real policy is given what the server would give it, at the
  /// same times, without decoding or waiting.
  ///
  /// A recording cannot show everything: the whole picture was searched when the rules in force at the time of the recording
  /// wanted it, and a look at a picture that labels hold back in a gap is left out.
  public func alerts(rules: AlertRules) -> [ToldAlert] {
    let start = ContinuousClock.now
    var policy = AlertPolicy(rules: rules)
    var told: [ToldAlert] = []
    func tell(_ transitions: [AlertPolicy.Transition], at now: Duration) {
      for transition in transitions {
        guard case .confirmed = transition.change else { continue }
        told.append(ToldAlert(kind: transition.kind, at: now.inSeconds))
      }
    }
    policy.framesExpected(at: start)
    tell(policy.pageReported(.allGood, at: start), at: .zero)

    let seen = looks.filter { !isGap($0.at) }
    let changes = labels.status.sorted { $0.at < $1.at }
    var (look, change, frame) = (0, 0, Duration.zero)
    let end = Duration.seconds(seconds)
    let over = end + .seconds(Judgement.slack)
    for tick in stride(from: 1, through: Int(over / Self.tickInterval), by: 1) {
      let now = Self.tickInterval * tick
      while true {
        let nextLook = look < seen.count ? Duration.seconds(seen[look].at) : nil
        let nextChange = change < changes.count ? Duration.seconds(changes[change].at) : nil
        if let at = nextChange, at <= now, at <= nextLook ?? now {
          tell(policy.pageReported(changes[change].report, at: start + at), at: at)
          change += 1
        } else if let at = nextLook, at <= now {
          tell(policy.observe(seen[look].observation, at: start + at), at: at)
          look += 1
        } else {
          break
        }
      }
      var hasArrived = false
      while frame <= now, frame < end {
        hasArrived = hasArrived || !isGap(frame.inSeconds)
        frame += Self.frameInterval
      }
      if hasArrived { policy.frameArrived(at: start + now) }
      tell(policy.tick(at: start + now), at: now)
    }
    return told
  }

  private func isGap(_ at: Double) -> Bool { labels.upload.contains { $0.from <= at && at < $0.to } }
}
