import ExamModel
import Logging
import WebGateway

/// Manages the clocks: keeps the time of exams independent of the system's clock while an exam is running, synchronises
/// the two while none is, and provides the time for retention.
@GatewayActor
final class ClockKeeper {
  /// A smaller difference is not reported: clocks are adjusted all the time.
  private static let tolerance = Duration.seconds(2)
  /// A clock set ahead by this much is a mistake, or the machine was off for a long time.
  private static let grave = Duration.seconds(86_400)

  private let services: ExamServices
  /// How far the system's clock was ahead of the exams when that was last reported.
  private var told = Duration.zero
  private var retention: RetentionClock
  private var lastLook: Instant

  /// Continues from the clocks kept in the store; call it before anything is journalled.
  ///
  /// - Throws: if the store cannot be read.
  init(services: ExamServices) async throws {
    self.services = services
    let store = services.store
    let isExamOn = try await store.read(.whole) { try !$0.sessions(isLive: true).isEmpty }
    let boot = BootTime.now
    let (instant, system) = Self.readClocks()
    lastLook = instant
    // Nothing is known but its time: the machine may have been off.
    let kept =
      store.clocks
      ?? store.lastAlive.map { ClockRecord(time: $0, boot: nil, retention: RetentionClock(believing: $0)) }
    retention = kept?.retention ?? RetentionClock(believing: system)
    if isExamOn, let kept {
      // An event may be later than the clocks that were kept.
      ExamTime.set(to: max(kept.time(at: boot, system: system), store.lastAlive ?? kept.time))
    }
    advanceRetention(by: kept?.passed(until: boot) ?? .zero, system)
  }

  /// The time for retention.
  var retentionTime: Timestamp { retention.now }

  /// Call it every few seconds.
  ///
  /// - Returns: what the next server has to know.
  func look(isExamOn: Bool) -> ClockRecord {
    let (instant, system) = Self.readClocks()
    logDeviation(.microseconds(system.microseconds - Timestamp(instant).microseconds), isExamOn: isExamOn)
    if !isExamOn {
      ExamTime.set(to: system.advanced(by: .now - instant))
      told = .zero
    }
    advanceRetention(by: instant - lastLook, system)
    lastLook = instant
    return ClockRecord(time: .now, boot: .now, retention: retention)
  }

  /// The system's clock and an instant, at the same moment: the process may be paused at any time.
  private static func readClocks() -> (Instant, Timestamp) {
    var moment = (Instant.now, Timestamp.system)
    for _ in 0..<10 where Instant.now - moment.0 > .milliseconds(100) {
      moment = (Instant.now, Timestamp.system)
    }
    return moment
  }

  private func logDeviation(_ deviation: Duration, isExamOn: Bool) {
    let step = deviation - told
    if step.magnitude >= Self.tolerance {
      told = deviation
      services.recorder.logger.warning(
        "the system's clock was set",
        metadata: [
          "by": "\(step.signed)",
          "effect": isExamOn
            ? "none on the exams that are on: their times, and those in this log, go on as before until no exam is on"
            : "no exam is on: all times follow it",
        ])
    } else if !isExamOn, told != .zero {
      services.recorder.logger.warning(
        "no exam is on: all times follow the system's clock", metadata: ["by": "\(deviation.signed)"])
    }
  }

  // MARK: Retention

  private func advanceRetention(by passed: Duration, _ system: Timestamp) {
    let wasInDoubt = retention.timeOfDoubt != nil
    if let step = retention.advance(by: passed, system: system), let doubt = retention.timeOfDoubt {
      let believed = retention.now
      Task { await logStep(step, doubt: doubt, believed: believed, system: system) }
    } else if wasInDoubt, retention.timeOfDoubt == nil {
      services.recorder.logger.warning("retention goes by the system's clock again")
    }
  }

  /// - Parameter believed: the time for retention while the step is not trusted.
  private func logStep(_ step: Duration, doubt: Duration, believed: Timestamp, system: Timestamp) async {
    let age = services.settings.now.retention
    let ended = try? await services.store.read(.further) {
      try $0.sessions(isLive: false).compactMap(\.endedAt)
    }
    let due = ended?.count {
      (believed.advanced(by: .zero - age)..<system.advanced(by: .zero - age)).contains($0)
    }
    services.recorder.logger.log(
      level: due == 0 && step < Self.grave ? .info : .warning,
      "the system's clock went ahead of the time that passed; retention does not believe it yet",
      metadata: [
        "by": "\(step.signed)",
        "exams_due_by_it": "\(due.map(String.init) ?? "unknown")",
        "believed_in": "\(doubt.signed.dropFirst())",
        "advice":
          "if it is wrong, set it right before then; if the machine was off for so long, nothing is to be done",
      ])
  }
}

extension Duration {
  fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }

  /// Such as `+24:00:03`.
  fileprivate var signed: String {
    let seconds = Int(magnitude.inSeconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return (self < .zero ? "-" : "+") + "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }
}
