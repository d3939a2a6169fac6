import ExamModel
import GLibRuntime

/// Observes one student through the face check, the page and the stream: the alert policy, the pictures of onsets, and
/// the server's own blind spots. A pure value: it is given the time, and returns what it finds.
struct StudentMonitor: Sendable {
  private var policy: AlertPolicy
  private var evidence = OnsetPictures()
  private var blindSpots = BlindSpotTracker()
  private var gap = CheckGap()
  private var lastCheck: StudentCheck?
  private var hasCheckFailed = false

  init(rules: AlertRules) { policy = AlertPolicy(rules: rules) }

  // MARK: Observations

  mutating func observed(_ observation: FaceObservation, at now: Instant) -> [StudentFinding] {
    hasCheckFailed = false
    var findings = found(blindSpots.looked(at: now))
    if let gap = gap.looked(at: now) { findings.append(.checkGap(gap)) }
    let wasCalibrated = policy.baseline != nil
    findings += apply(policy.observe(observation, at: now), at: now)
    if !wasCalibrated, let baseline = policy.baseline { findings.append(.calibrated(baseline)) }
    return findings
  }

  /// Whether the whole of the next picture should be searched.
  var isPictureInDoubt: Bool { policy.isPictureInDoubt }

  mutating func checkFailed() { hasCheckFailed = true }

  mutating func pageReported(_ report: PageReport, at now: Instant) -> [StudentFinding] {
    apply(policy.pageReported(report, at: now), at: now)
  }

  /// The student connected.
  mutating func connected(at now: Instant) {
    policy.framesExpected(at: now)
    if !policy.isPaused { beginWatching(at: now) }
  }

  mutating func disconnected(at now: Instant) -> [StudentFinding] { endWatching(at: now) }

  private mutating func beginWatching(at now: Instant) {
    blindSpots.begin(at: now)
    gap.begin(at: now)
  }

  private mutating func endWatching(at now: Instant) -> [StudentFinding] {
    gap.end()
    return found(blindSpots.end(at: now))
  }

  /// How long there has been no check, `nil` if nothing could be checked.
  func unchecked(at now: Instant) -> Duration? { gap.unchecked(at: now) }

  /// The page must be told its state again.
  mutating func forgetLastCheck() { lastCheck = nil }

  /// The server itself could not accept frames until now.
  mutating func serverWasBlind(at now: Instant) { policy.serverWasBlind(until: now) }

  /// Call it several times a second.
  ///
  /// - Parameter decoded: whether pictures came since the last call.
  mutating func tick(
    at now: Instant, decoded: Bool, stream: BlindSpotTracker.Stream
  ) -> [StudentFinding] {
    if decoded { policy.frameArrived(at: now) }
    var stream = stream
    stream.checkFailed = hasCheckFailed
    if !stream.framesArrive { gap.nothingComes() }
    return found(blindSpots.tick(at: now, stream: stream)) + apply(policy.tick(at: now), at: now)
  }

  // MARK: Teachers' decisions

  mutating func accommodate(_ accommodation: Accommodation, at now: Instant) -> [StudentFinding] {
    guard case .alert(let kind) = accommodation.kind else { return [] }
    return apply(
      policy.accommodate(
        kind, accommodation.effect, factor: accommodation.factor,
        until: accommodation.until.map(Instant.init), at: now),
      at: now)
  }

  mutating func pause(at now: Instant) -> [StudentFinding] {
    apply(policy.pause(at: now), at: now) + endWatching(at: now)
  }

  /// - Parameter isConnected: whether there is somebody to observe.
  mutating func resume(isConnected: Bool, at now: Instant) -> [StudentFinding] {
    policy.resume()
    if isConnected { beginWatching(at: now) }
    return apply([], at: now)
  }

  /// Restores what was known before the server's restart; pages have `grace` to reconnect.
  ///
  /// - Parameter alerts: those about this student, the oldest first.
  mutating func restore(
    _ person: ExamPerson, alerts: [AlertRecord], grace: Duration, at now: Instant
  ) -> [StudentFinding] {
    var open: Set<AlertKind> = []
    var cleared: [AlertKind: Instant] = [:]
    for alert in alerts {
      if let until = alert.until { cleared[alert.kind] = Instant(until) }
      if alert.isOpen { open.insert(alert.kind) } else { open.remove(alert.kind) }
    }
    policy.restore(baseline: person.baseline, open: open, cleared: cleared)
    if person.hasStreamed { policy.framesExpected(at: now + grace) }
    if person.pause != nil { _ = policy.pause(at: now) }
    return person.accommodations.flatMap { accommodate($0, at: now) }
  }

  // MARK: Evidence

  var wantsEvidence: Bool { evidence.isWanted }

  mutating func offerEvidence(_ jpeg: SharedBytes, view: PictureView, at now: Instant) -> [StudentFinding] {
    evidence.take(jpeg, view: view, at: now) ? [.evidence] : []
  }

  // MARK: Findings

  private mutating func apply(
    _ transitions: [AlertPolicy.Transition], at now: Instant
  ) -> [StudentFinding] {
    var findings: [StudentFinding] = []
    for transition in transitions {
      switch transition.change {
      case .suspected: evidence.want(for: transition.kind)
      case .dismissed: evidence.drop(transition.kind)
      case .confirmed:
        findings.append(
          .alert(transition, picture: evidence.picture(for: transition.kind, confirmedAt: now)))
        evidence.drop(transition.kind)
      case .cleared:
        findings.append(.alert(transition, picture: nil))
      }
    }
    if !transitions.isEmpty { findings.append(.evidence) }
    let check = policy.check(at: now)
    if check != lastCheck {
      lastCheck = check
      findings.append(.check(check))
    }
    return findings
  }

  private func found(_ stretch: BlindSpotTracker.Stretch?) -> [StudentFinding] {
    stretch.map {
      [.blindSpot(BlindSpot(from: Timestamp($0.from), until: Timestamp($0.until), cause: $0.cause))]
    } ?? []
  }
}
