import ExamModel
import GLibRuntime
import WebGateway

/// What comes of watching a student.
@GatewayActor
protocol StudentMonitorOwner: AnyObject {
  /// An alert was confirmed or is over. `picture`: of its onset.
  func monitor(changed transition: AlertPolicy.Transition, picture: SharedBytes?)
  /// What to tell the student has changed.
  func monitor(says check: StudentCheck)
  /// The server had not looked for a while.
  func monitor(wasBlind spot: BlindSpot)
  /// A picture was checked, so long after the one before.
  func monitor(lookedAfter gap: Duration)
  func monitor(calibrated baseline: Baseline)
  /// Whether a large picture is wanted for evidence has changed.
  func monitorChangedEvidence()
}

/// Watches one student by what the face check, the page and the stream tell: the alert policy, the pictures of onsets,
/// and the server's own blind spots.
@GatewayActor
final class StudentMonitor {
  typealias Instant = ContinuousClock.Instant

  weak var owner: (any StudentMonitorOwner)?
  private var policy: AlertPolicy
  private var evidence = OnsetPictures()
  private var blindSpots = BlindSpotTracker()
  private var gap = CheckGap()
  private var lastCheck: StudentCheck?
  private var hasCheckFailed = false

  init(rules: AlertRules) { policy = AlertPolicy(rules: rules) }

  // MARK: What is seen

  /// - Returns: whether the next picture should be searched as a whole.
  func observed(_ observation: FaceObservation) -> Bool {
    let now = Instant.now
    hasCheckFailed = false
    tell(blindSpots.looked(at: now))
    if let gap = gap.looked(at: now) { owner?.monitor(lookedAfter: gap) }
    let wasCalibrated = policy.baseline != nil
    apply(policy.observe(observation, at: now), at: now)
    if !wasCalibrated, let baseline = policy.baseline { owner?.monitor(calibrated: baseline) }
    return policy.isPictureInDoubt
  }

  func checkFailed() { hasCheckFailed = true }

  func pageReported(page: PageVisibility?, camera: CameraState?) {
    let now = Instant.now
    apply(policy.pageReported(page: page, camera: camera, at: now), at: now)
  }

  /// The student connected.
  func connected() {
    policy.framesExpected(at: .now)
    if !policy.isPaused { beginWatching() }
  }

  func disconnected() { endWatching(at: .now) }

  private func beginWatching() {
    blindSpots.begin(at: .now)
    gap.begin(at: .now)
  }

  private func endWatching(at now: Instant) {
    tell(blindSpots.end(at: now))
    gap.end()
  }

  /// How long there has been no check, `nil` where nothing could be checked.
  func unchecked(at now: Instant) -> Duration? { gap.unchecked(at: now) }

  /// The page must be told anew how things stand.
  func forgetLastCheck() { lastCheck = nil }

  /// The server itself could not take frames until now.
  func serverWasBlind() { policy.serverWasBlind(until: .now) }

  /// To be called several times a second.
  ///
  /// - Parameter decoded: whether pictures came since the last call.
  func tick(at now: Instant, decoded: Bool, stream: BlindSpotTracker.Stream) {
    if decoded { policy.frameArrived(at: now) }
    var stream = stream
    stream.checkFailed = hasCheckFailed
    if !stream.framesArrive { gap.nothingComes() }
    tell(blindSpots.tick(at: now, stream: stream))
    apply(policy.tick(at: now), at: now)
  }

  // MARK: What a teacher decides

  /// - Parameter until: `nil` for good.
  func accommodate(_ accommodation: Accommodation, until: Instant?) {
    let now = Instant.now
    apply(
      policy.accommodate(
        accommodation.kind, accommodation.effect, factor: accommodation.factor, until: until, at: now),
      at: now)
  }

  func pause() {
    let now = Instant.now
    apply(policy.pause(at: now), at: now)
    endWatching(at: now)
  }

  /// - Parameter isConnected: whether there is somebody to look at.
  func resume(isConnected: Bool) {
    policy.resume()
    if isConnected { beginWatching() }
    apply([], at: .now)
  }

  /// Takes up what was known before the server's restart; pages get `grace` to come back.
  func restore(baseline: Baseline?, alerts: [AlertRecord], isPaused: Bool, hasStreamed: Bool, grace: Duration)
  {
    let now = Instant.now
    var open: Set<AlertKind> = []
    var cleared: [AlertKind: Instant] = [:]
    for alert in alerts {
      if let until = alert.until { cleared[alert.kind] = Instant(until) }
      if alert.isOpen { open.insert(alert.kind) } else { open.remove(alert.kind) }
    }
    policy.restore(baseline: baseline, open: open, cleared: cleared)
    if hasStreamed { policy.framesExpected(at: now + grace) }
    if isPaused { _ = policy.pause(at: now) }
  }

  // MARK: Evidence

  var wantsEvidence: Bool { evidence.isWanted }

  func offerEvidence(_ jpeg: SharedBytes, view: PictureView) {
    if evidence.take(jpeg, view: view, at: .now) { owner?.monitorChangedEvidence() }
  }

  // MARK: Telling

  private func apply(_ transitions: [AlertPolicy.Transition], at now: Instant) {
    for transition in transitions {
      switch transition.change {
      case .suspected: evidence.want(for: transition.kind)
      case .dismissed: evidence.drop(transition.kind)
      case .confirmed:
        owner?.monitor(
          changed: transition, picture: evidence.picture(for: transition.kind, confirmedAt: now))
        evidence.drop(transition.kind)
      case .cleared:
        owner?.monitor(changed: transition, picture: nil)
      }
    }
    if !transitions.isEmpty { owner?.monitorChangedEvidence() }
    let check = policy.check(at: now)
    if check != lastCheck {
      lastCheck = check
      owner?.monitor(says: check)
    }
  }

  private func tell(_ stretch: BlindSpotTracker.Stretch?) {
    guard let stretch else { return }
    owner?.monitor(
      wasBlind: BlindSpot(
        from: Timestamp(stretch.from), until: Timestamp(stretch.until), cause: stretch.cause))
  }
}
