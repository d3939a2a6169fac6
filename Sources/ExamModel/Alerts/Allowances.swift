/// What a teacher allows one student, by kind of alert.
struct Allowances: Sendable {
  typealias Instant = ContinuousClock.Instant

  private struct Allowance {
    var effect: Accommodation.Effect
    var factor: Double
    var until: Instant?
  }

  private var all: [AlertKind: Allowance] = [:]

  /// - Parameter until: `nil` for the rest of the exam.
  mutating func set(_ effect: Accommodation.Effect, of kind: AlertKind, factor: Double, until: Instant?) {
    all[kind] = effect == .none ? nil : Allowance(effect: effect, factor: factor, until: until)
  }

  func isMuted(_ kind: AlertKind, at now: Instant) -> Bool { inForce(kind, at: now)?.effect == .mute }

  /// The rule in force.
  func changed(_ rule: AlertRule, of kind: AlertKind, at now: Instant) -> AlertRule {
    guard let allowance = inForce(kind, at: now), allowance.effect == .loosen else { return rule }
    return rule.loosened(kind, by: allowance.factor)
  }

  private func inForce(_ kind: AlertKind, at now: Instant) -> Allowance? {
    all[kind].flatMap { allowance in (allowance.until.map { now < $0 } ?? true) ? allowance : nil }
  }
}
