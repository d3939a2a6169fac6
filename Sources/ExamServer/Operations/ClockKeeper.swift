import ExamModel
import Foundation
import Logging
import WebGateway

/// Keeps the time of exams apart from the system's clock while one is on, and the two together while none is.
@GatewayActor
final class ClockKeeper {
  /// A smaller difference is told to nobody: clocks are adjusted all the time.
  private static let tolerance = Duration.seconds(2)

  private let logger: Logger
  /// How far the system's clock was ahead of the exams when that was told last.
  private var told = Duration.zero

  nonisolated init(logger: Logger) { self.logger = logger }

  /// To be called every few seconds.
  func look(isExamOn: Bool) {
    let deviation = ExamTime.deviation
    let step = deviation - told
    if step.magnitude >= Self.tolerance {
      told = deviation
      logger.warning(
        "the system's clock was set",
        metadata: [
          "by": "\(Self.signed(step))",
          "effect": isExamOn
            ? "none on the exams that are on: their times, and those in this log, go on as before until no exam is on"
            : "no exam is on: all times follow it",
        ])
    } else if !isExamOn, told != .zero {
      logger.warning(
        "no exam is on: all times follow the system's clock", metadata: ["by": "\(Self.signed(deviation))"])
    }
    guard !isExamOn else { return }
    ExamTime.set(to: .system)
    told = .zero
  }

  private static func signed(_ step: Duration) -> String {
    (step < .zero ? "-" : "+") + step.magnitude.formatted(.time(pattern: .hourMinuteSecond))
  }
}

extension Duration {
  fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
