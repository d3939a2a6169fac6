/// Decides from what is known of one student which alerts stand. A pure value: it is told what was seen and what time
/// it is, and answers with what changed.
///
/// Looks come from two sides: each face check is a look at the picture, and each `tick` is a look at what the page says
/// of itself and at when the last frame came. A kind that explains others (`AlertKind.masks`) silences them.
public struct AlertPolicy: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// What changed for one kind.
  public struct Transition: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
      /// The student may be told, the teachers not.
      case suspected(onset: Instant)
      /// A suspicion came to nothing.
      case dismissed
      /// `confidence` is the share of looks that agreed; `again` says that the alert before cleared less than a
      /// cooldown ago, so this is the same alert once more.
      case confirmed(onset: Instant, confidence: Double, again: Bool)
      case cleared(at: Instant)
    }

    public let kind: AlertKind
    public let change: Change
  }

  public let rules: AlertRules
  private var machines: [AlertKind: AlertMachine]

  private var page = PageVisibility.visible
  private var camera = CameraState.live
  /// When the last frame came, or when frames could first be expected.
  private var lastFrame: Instant?
  private var lastObservation: FaceObservation?
  /// Kinds that are neither suspected nor raised before their time.
  private var mutedUntil: [AlertKind: Instant] = [:]
  /// Muted kinds that would be suspected.
  private var silentCauses: Set<AlertKind> = []

  /// A frame is late, and the video suspected to have stopped, after this long.
  private static let lateFrame = Duration.seconds(1)

  public init(rules: AlertRules = .standard) {
    self.rules = rules
    machines = rules.rules.mapValues { AlertMachine(rule: $0, blindAfter: rules.blindAfter) }
  }

  // MARK: What is seen

  /// A check of one picture.
  public mutating func observe(_ observation: FaceObservation, at now: Instant) -> [Transition] {
    lastObservation = observation
    var transitions = look(.faceMissing, isBad: observation.faces.isEmpty, at: now)
    // Around one known face nobody looks for another, so that is no look for this kind.
    if observation.tier == .wholePicture {
      transitions += look(.severalFaces, isBad: observation.faces.count > 1, at: now)
    }
    return transitions
  }

  /// A frame that can be decoded arrived.
  public mutating func frameArrived(at now: Instant) { lastFrame = now }

  /// The server itself could not take frames until now.
  public mutating func serverWasBlind(until now: Instant) { lastFrame = lastFrame.map { max($0, now) } }

  /// The student connected. The first time, frames are expected from now on; later the time without them goes on.
  public mutating func framesExpected(at now: Instant) { lastFrame = lastFrame ?? now }

  /// The page told of itself; `nil` leaves what was known.
  public mutating func pageReported(
    page: PageVisibility?, camera: CameraState?, at now: Instant
  ) -> [Transition] {
    if let page { self.page = page }
    if let camera { self.camera = camera }
    return lookAtConditions(at: now)
  }

  /// To be called a few times a second, connected or not.
  public mutating func tick(at now: Instant) -> [Transition] {
    lookAtConditions(at: now)
  }

  private mutating func lookAtConditions(at now: Instant) -> [Transition] {
    var transitions = look(.pageHidden, isBad: page == .hidden, at: now)
    transitions += look(.cameraOff, isBad: camera == .ended || camera == .denied, at: now)
    if let lastFrame {
      transitions += look(.videoStopped, isBad: now - lastFrame > Self.lateFrame, at: now, began: lastFrame)
    }
    return transitions
  }

  private mutating func look(
    _ kind: AlertKind, isBad: Bool, at now: Instant, began: Instant? = nil
  ) -> [Transition] {
    // A good look always counts: it is how an alert clears. A bad one that something else explains does not.
    let isMuted = mutedUntil[kind].map { now < $0 } ?? false
    if isBad, isMuted {
      silentCauses.insert(kind)
      return []
    }
    silentCauses.remove(kind)
    if isBad, isExplained(kind, at: now) { return [] }
    guard let changes = machines[kind]?.look(isBad: isBad, at: now, began: began) else { return [] }
    var transitions = changes.map { Transition(kind, $0) }
    if changes.contains(where: { if case .confirmed = $0 { true } else { false } }) {
      for masked in kind.masks {
        transitions += (machines[masked]?.mask(at: now) ?? []).map { Transition(masked, $0) }
      }
    }
    return transitions
  }

  /// Neither suspects nor raises `kind` before `end`; what stands of it is over.
  public mutating func mute(_ kind: AlertKind, until end: Instant, at now: Instant) -> [Transition] {
    mutedUntil[kind] = end
    guard end > now else { return [] }
    return (machines[kind]?.mask(at: now) ?? []).map { Transition(kind, $0) }
  }

  /// Whether something that stands, or would if it were not muted, is the cause of `kind`.
  private func isExplained(_ kind: AlertKind, at now: Instant) -> Bool {
    AlertKind.allCases.contains { cause in
      guard cause.masks.contains(kind) else { return false }
      guard machines[cause]?.isConfirmed == true || silentCauses.contains(cause) else { return false }
      // A camera that is off by the page's word and shows pictures all the same explains nothing.
      return cause != .cameraOff || lastFrame.map { now - $0 > Self.lateFrame } ?? true
    }
  }

  // MARK: What stands

  /// Whether something is suspected of the picture, so that it should be searched as a whole at every check.
  public var isPictureInDoubt: Bool {
    [.faceMissing, .severalFaces].contains { kind in machines[kind].map { $0.state != .clear } ?? false }
  }

  /// The onset of a suspicion of `kind` that still waits for its window.
  public func suspicionOnset(of kind: AlertKind) -> Instant? {
    if case .suspected(let onset) = machines[kind]?.state { onset } else { nil }
  }

  /// What to tell the student now: the gravest alert, or else the oldest suspicion that is no flicker, or that all is
  /// well.
  public func check(at now: Instant) -> StudentCheck {
    let faces = lastObservation?.faces.count ?? 0
    let light: StudentCheck.Light = (lastObservation?.isDark ?? false) ? .dark : .ok
    let confirmed = machines.filter { $0.value.isConfirmed }.max {
      ($0.value.rule.severity, $1.key.rawValue) < ($1.value.rule.severity, $0.key.rawValue)
    }
    if let kind = confirmed?.key {
      return StudentCheck(state: .alert, kind: kind, hint: kind.hint, faces: faces, light: light)
    }
    let suspected = machines.keys.compactMap { kind in
      suspicionOnset(of: kind).map { (kind: kind, onset: $0) }
    }
    .filter { now - $0.onset >= rules.hintAfter }
    .min { ($0.onset, $0.kind.rawValue) < ($1.onset, $1.kind.rawValue) }
    if let kind = suspected?.kind {
      return StudentCheck(state: .suspected, kind: kind, hint: kind.hint, faces: faces, light: light)
    }
    let hint = light == .dark ? "Your picture is dark. A lamp in front of you helps." : nil
    return StudentCheck(state: .ok, hint: hint, faces: faces, light: light)
  }
}

extension AlertPolicy.Transition {
  fileprivate init(_ kind: AlertKind, _ change: AlertMachine.Change) {
    self.kind = kind
    self.change =
      switch change {
      case .suspected(let onset): .suspected(onset: onset)
      case .dismissed: .dismissed
      case .confirmed(let onset, let share, let again):
        .confirmed(onset: onset, confidence: share, again: again)
      case .cleared(let time): .cleared(at: time)
      }
  }
}

extension FaceObservation {
  /// Too dark for a teacher to recognise anybody: mean luma under 40 of 255. Detection itself works far below that.
  public var isDark: Bool { luminance < 40 }
}
