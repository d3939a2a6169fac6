import FaceCheck
import Logging
import WebGateway

/// Controls the rate of the face check for all exams, and logs when it changes.
@GatewayActor
final class AnalysisPacer {
  private(set) var pace = AnalysisPace()
  private let faces: FaceCheckPool
  private let logger: Logger

  nonisolated init(_ faces: FaceCheckPool, logger: Logger) {
    self.faces = faces
    self.logger = logger
  }

  /// Checks several times a second how late the checks are, until cancelled.
  func run() async {
    repeat { update(at: .now) } while (try? await Task.sleep(for: .milliseconds(250))) != nil
  }

  private func update(at now: Instant) {
    let before = pace
    pace.update(delay: faces.statistics.longestDelay, at: now)
    if pace.rate != before.rate {
      let isLate = pace.rate < before.rate
      logger.notice(
        isLate
          ? "the face check falls behind, and gets fewer pictures" : "the face check gets all pictures again",
        metadata: ["pictures_per_second": "\(pace.rate)"])
    }
    if pace.isOverloaded != before.isOverloaded {
      logger.log(
        level: pace.isOverloaded ? .warning : .info,
        pace.isOverloaded
          ? "overload: some students go unchecked for more than a second" : "the overload is over")
    }
  }
}
