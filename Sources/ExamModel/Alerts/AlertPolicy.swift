/// Decides which alerts apply to one student. A pure value: it is given observations and the time, and returns what
/// changed.
///
/// Looks have two sources: each face check is a look at the picture, and each `tick` is a look at what the page reports
/// and at when the last frame arrived. A kind that explains others (`AlertRow.masks`) suppresses them while it is raised;
/// while it is only suspected it holds them back, for its own window at most: no suspicion silences another without an end.
public struct AlertPolicy: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// What changed for one kind.
  public struct Transition: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
      /// The student may be told, teachers not.
      case suspected(onset: Instant)
      /// A suspicion was dropped.
      case dismissed
      /// `confidence` is the share of looks that agreed, in the window or in the stretch of `UnbrokenTrouble`; `again` means
      /// that the previous alert cleared less than a cooldown ago, so this is the same alert once more.
      case confirmed(onset: Instant, confidence: Double, again: Bool)
      /// When all became well again, which is earlier than when that was certain.
      case cleared(at: Instant)
    }

    public let kind: AlertKind
    public let change: Change
    /// Those in force at the time.
    public let thresholds: AlertThresholds
    /// The page's own word for it, for kinds that it reports.
    public let said: String?
  }

  /// The default rules; accommodations change them for this student.
  public let rules: AlertRules
  /// How this student usually looks, once that is known.
  public private(set) var baseline: Baseline?
  public private(set) var isPaused = false
  private var machines: [AlertKind: AlertMachine]
  private var calibration = Calibration()
  private var advice = PictureAdvice()

  /// What the page last reported.
  private var said = PageReport()
  /// When the last frame arrived, or when frames could first be expected.
  private var lastFrame: Instant?
  private var lastObservation: FaceObservation?
  /// When a face was last seen for certain; `nil` once it is missing.
  private var lastSureFace: Instant?
  /// How far the last face was turned from where it usually looks, in degrees.
  private var lastTurn = 0.0
  /// When the picture last moved for certain.
  private var lastMotion: Instant?
  /// What a teacher allows this student.
  private var allowances = Allowances()
  /// Muted kinds: they are looked for, since they explain others, but not told.
  private var silent: Set<AlertKind> = []
  /// Since when a suspicion is held back by that of a cause.
  private var heldSince: [AlertKind: Instant] = [:]
  private var trouble = UnbrokenTrouble()

  /// A frame is late, and the video suspected to have stopped, after this long.
  private static let lateFrame = Duration.seconds(1)
  /// A suspicion younger than this is not shown to the student: one wrong look would make the text flicker.
  private static let hintAfter = Duration.seconds(1)

  public init(rules: AlertRules = .standard) {
    self.rules = rules
    machines = rules.rules.mapValues { AlertMachine(rule: $0) }
  }

  // MARK: Observations

  /// A check of one picture.
  public mutating func observe(_ observation: FaceObservation, at now: Instant) -> [Transition] {
    lastObservation = observation
    if baseline == nil { baseline = calibration.add(observation, at: now) }
    let limits = PictureLimits(rules: rules, baseline: baseline)
    advice.add(observation, baseline: baseline)

    var transitions: [Transition] = []
    var bad: [AlertKind] = []
    func see(_ kind: AlertKind, isBad: Bool, began: Instant? = nil) {
      if isBad { bad.append(kind) }
      transitions += look(kind, isBad: isBad, at: now, began: began)
    }

    see(.cameraCovered, isBad: limits.isCovered(observation))
    if let motion = observation.motion {
      if Double(motion) > rules.pictures.surelyMoved { lastMotion = now }
      see(
        .pictureFrozen, isBad: limits.isStill(observation, motion: motion),
        began: lastMotion.map { max($0, now - .seconds(rules.pictures.polishing)) })
    }
    if hasTurnedAway(observation) {
      see(.lookingAway, isBad: true)
    } else {
      see(.faceMissing, isBad: observation.faces.isEmpty, began: faceLost(at: now))
    }
    if observation.isSure { lastSureFace = observation.faces.isEmpty ? nil : now }
    if observation.isCountKnown { see(.severalFaces, isBad: observation.faces.count > 1) }
    // With several faces it is unknown which is the student's, and a face without a pose has no direction.
    if observation.faces.count == 1, let yaw = observation.faces[0].pose?.yaw {
      // Until there is a baseline it is unknown where this student usually looks.
      let unknown = baseline == nil ? rules.pictures.yawBeforeBaseline : 0
      let limit = (rule(of: .lookingAway, at: now)?.limit ?? .infinity) + unknown
      lastTurn = Double(abs(yaw - limits.usualYaw))
      let isAway = lastTurn > limit
      // A face tracked with doubt appears more frontal than it is: "turned away" can be trusted, "looking ahead"
      // cannot.
      if isAway || observation.isSure { see(.lookingAway, isBad: isAway) }
    }
    // What a still picture shows besides says more.
    if bad.count > 1 { bad.removeAll { $0 == .pictureFrozen } }
    return transitions + lookAtAll(bad, at: now)
  }

  /// Confirms what is bad now once every look was bad in one way or another for the longest of their windows.
  private mutating func lookAtAll(
    _ bad: [AlertKind], at now: Instant, began: Instant? = nil
  ) -> [Transition] {
    // A look is bad for the cause of what it shows.
    let causes = bad.filter { kind in
      machines[kind] != nil && !bad.contains { $0.row.masks.contains(kind) && machines[$0] != nil }
    }
    guard !causes.isEmpty, !isPaused, !isPictureTold,
      // What a teacher has muted says enough.
      !causes.contains(where: { allowances.isMuted($0, at: now) || isExplained($0, at: now) })
    else {
      trouble = UnbrokenTrouble()
      return []
    }
    trouble.look(causes, at: now, began: began)
    guard let (kind, onset, share) = trouble.due(causes, at: now, window: { machines[$0]?.rule.window }),
      let rule = rule(of: kind, at: now), let change = machines[kind]?.confirm(onset: onset, share: share)
    else { return [] }
    trouble = UnbrokenTrouble()
    return [transition(kind, change, rule: rule)] + kind.row.masks.flatMap { mask($0, at: now) }
  }

  /// Whether an alert stands that says what is wrong with the picture: not one of the page alone, as that it is hidden.
  private var isPictureTold: Bool {
    machines.contains { kind, machine in
      guard machine.isConfirmed, !silent.contains(kind) else { return false }
      if case .page = kind.row.source { return !kind.row.masks.isEmpty }
      return true
    }
  }

  /// Whether the head was turning when the face was lost and the person still sits there: turned so far it shows no face.
  private func hasTurnedAway(_ observation: FaceObservation) -> Bool {
    observation.faces.isEmpty && observation.showsPerson
      && (lastTurn >= rules.pictures.turning || machines[.lookingAway]?.isOpen == true)
  }

  /// If the face that is missing now was already doubtful, it was lost when the doubt began.
  private func faceLost(at now: Instant) -> Instant? {
    guard let lastSureFace, now - lastSureFace > .milliseconds(750) else { return nil }
    return now - min((now - lastSureFace) / 2, .seconds(1))
  }

  /// A frame that can be decoded arrived.
  public mutating func frameArrived(at now: Instant) { lastFrame = now }

  /// The server itself could not accept frames until now.
  public mutating func serverWasBlind(until now: Instant) { lastFrame = lastFrame.map { max($0, now) } }

  /// The student connected. The first time, frames are expected from now on; later the time without frames keeps counting.
  public mutating func framesExpected(at now: Instant) { lastFrame = lastFrame ?? now }

  /// The page reported its status.
  public mutating func pageReported(_ report: PageReport, at now: Instant) -> [Transition] {
    said.add(report)
    return tick(at: now)
  }

  /// To be called a few times a second, connected or not.
  public mutating func tick(at now: Instant) -> [Transition] {
    var transitions: [Transition] = []
    for (kind, field, bad, _) in AlertTable.ofPage {
      transitions += look(kind, isBad: said.says(anyOf: bad, in: field), at: now)
    }
    if let lastFrame {
      let isLate = now - lastFrame > Self.lateFrame
      transitions += look(.videoStopped, isBad: isLate, at: now, began: lastFrame)
      if isLate {
        transitions += lookAtAll([.videoStopped], at: now, began: suspicionOnset(of: .videoStopped))
      }
    }
    return transitions
  }

  private mutating func look(
    _ kind: AlertKind, isBad: Bool, at now: Instant, began: Instant? = nil
  ) -> [Transition] {
    guard let rule = rule(of: kind, at: now) else { return [] }
    // A good look always counts: it is how an alert clears. A bad one that something else explains does not count.
    if isBad, isPaused { return [] }
    let isMuted = allowances.isMuted(kind, at: now)
    // What began while it was muted is not told afterwards.
    if isMuted != silent.contains(kind) { _ = machines[kind]?.mask(at: now) }
    if isMuted { silent.insert(kind) } else { silent.remove(kind) }
    if isBad, isExplained(kind, at: now) { return [] }
    machines[kind]?.rule = rule
    let isHeld = isBad && isHeldBack(kind, at: now)
    guard let changes = machines[kind]?.look(isBad: isBad, at: now, began: began, isHeld: isHeld) else {
      return []
    }
    if machines[kind]?.isOpen == false { heldSince[kind] = nil }
    var transitions = isMuted ? [] : changes.map { transition(kind, $0, rule: rule) }
    if changes.contains(where: { if case .confirmed = $0 { true } else { false } }) {
      // What a muted cause raised before stays.
      for masked in kind.row.masks where !isMuted || machines[masked]?.isConfirmed == false {
        transitions += mask(masked, at: now)
      }
    }
    return transitions
  }

  private func transition(_ kind: AlertKind, _ change: Transition.Change, rule: AlertRule) -> Transition {
    let limits = PictureLimits(rules: rules, baseline: baseline)
    return Transition(
      kind: kind, change: change, thresholds: limits.thresholds(of: kind, rule: rule), said: said.word(of: kind))
  }

  private mutating func mask(_ kind: AlertKind, at now: Instant) -> [Transition] {
    heldSince[kind] = nil
    let changes = machines[kind]?.mask(at: now) ?? []
    return silent.contains(kind) ? [] : changes.map { transition(kind, $0, rule: rules.rules[kind]!) }
  }

  /// Whether something that is raised, or would be if it were not muted, is the cause of `kind`.
  private func isExplained(_ kind: AlertKind, at now: Instant) -> Bool {
    causes(of: kind, at: now).contains { machines[$0]?.isConfirmed == true }
  }

  /// Whether the suspicion of a cause holds back what is known of `kind`: for the window of the cause at most, whether that
  /// suspicion lasts or comes and goes.
  private mutating func isHeldBack(_ kind: AlertKind, at now: Instant) -> Bool {
    let suspected = suspectedCauses(of: kind, at: now)
    guard let longest = suspected.compactMap({ machines[$0]?.rule.window }).max() else { return false }
    let since = heldSince[kind] ?? now
    heldSince[kind] = since
    return now - since < longest
  }

  /// Those whose mere suspicion holds `kind` back.
  private func suspectedCauses(of kind: AlertKind, at now: Instant) -> [AlertKind] {
    causes(of: kind, at: now).filter { $0.row.explainsWhileSuspected && machines[$0]?.isOpen == true }
  }

  private func causes(of kind: AlertKind, at now: Instant) -> [AlertKind] {
    AlertKind.allCases.filter { cause in
      guard cause.row.masks.contains(kind) else { return false }
      // A camera that the page reports as off but that delivers pictures explains nothing.
      guard case .page = cause.row.source else { return true }
      return lastFrame.map { now - $0 > Self.lateFrame } ?? true
    }
  }

  // MARK: Teachers' decisions

  /// Changes the rules of one kind for this student.
  ///
  /// - Parameter until: `nil` for the rest of the exam.
  public mutating func accommodate(
    _ kind: AlertKind, _ effect: Accommodation.Effect, factor: Double = 1, until: Instant? = nil,
    at now: Instant
  ) -> [Transition] {
    allowances.set(effect, of: kind, factor: factor, until: until)
    trouble = UnbrokenTrouble()
    // What is open was raised under other rules.
    return effect == .none ? [] : mask(kind, at: now)
  }

  /// Pauses: what is open is cleared, and nothing is suspected until `resume`.
  public mutating func pause(at now: Instant) -> [Transition] {
    isPaused = true
    trouble = UnbrokenTrouble()
    return AlertKind.allCases.flatMap { mask($0, at: now) }
  }

  public mutating func resume() { isPaused = false }

  /// The rule in force.
  private func rule(of kind: AlertKind, at now: Instant) -> AlertRule? {
    rules.rules[kind].map { allowances.changed($0, of: kind, at: now) }
  }

  // MARK: A restart

  /// Restores what the server knew before it restarted.
  ///
  /// - Parameters:
  ///   - open: the kinds with an open alert.
  ///   - cleared: when the last alert of each kind ended, for the cooldown.
  public mutating func restore(baseline: Baseline?, open: Set<AlertKind>, cleared: [AlertKind: Instant]) {
    self.baseline = baseline
    for kind in machines.keys {
      machines[kind]?.restore(isConfirmed: open.contains(kind), clearedAt: cleared[kind])
    }
    // Until the page reports otherwise.
    for (kind, field, bad, _) in AlertTable.ofPage where open.contains(kind) { said.say(bad[0], in: field) }
  }

  // MARK: Current state

  /// Whether anything about the picture is suspected, so that every check should search the whole picture.
  public var isPictureInDoubt: Bool {
    suspicionOnset(of: .lookingAway) != nil || suspicionOnset(of: .faceMissing) != nil
      || machines[.severalFaces]?.isOpen == true
  }

  /// The onset of a suspicion of `kind` that has not lasted its window yet.
  public func suspicionOnset(of kind: AlertKind) -> Instant? {
    guard !silent.contains(kind), case .suspected(let onset) = machines[kind]?.state else { return nil }
    return onset
  }

  /// What to tell the student now: the most severe alert; or else that it is too dark or too far away, which makes all
  /// the rest doubtful; or the oldest suspicion that is more than a flicker; or what teachers have a mere hint of; or that
  /// all is well.
  public func check(at now: Instant) -> StudentCheck {
    var check = StudentCheck(
      state: .ok, faces: lastObservation?.faces.count ?? 0, light: advice.isDark ? .dark : .ok,
      distance: advice.isFar ? .far : .ok)
    guard !isPaused else { return check }
    let confirmed = machines.filter { $0.value.isConfirmed && !silent.contains($0.key) }.max {
      ($0.value.rule.severity, $1.key.rawValue) < ($1.value.rule.severity, $0.key.rawValue)
    }
    let severity = confirmed?.value.rule.severity
    // A hint may stand for the whole exam. Meanwhile the student is told what else can be mended.
    if let kind = confirmed?.key, severity != .low {
      (check.state, check.kind, check.severity) = (.alert, kind, severity)
      return check
    }
    let suspected = machines.keys.compactMap { kind in
      suspicionOnset(of: kind).map { (kind: kind, onset: $0) }
    }
    // While something that explains it is suspected too, that is what the student is told.
    .filter { now - $0.onset >= Self.hintAfter && suspectedCauses(of: $0.kind, at: now).isEmpty }
    .min { ($0.onset, $0.kind.rawValue) < ($1.onset, $1.kind.rawValue) }
    if let kind = suspected?.kind {
      (check.state, check.kind) = (.suspected, kind)
    } else if let kind = confirmed?.key, check.light == .ok, check.distance == .ok {
      (check.state, check.kind, check.severity) = (.alert, kind, severity)
    }
    return check
  }
}
