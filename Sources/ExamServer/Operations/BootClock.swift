import ExamModel
import Foundation

extension BootTime {
  private static let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    .trimmingCharacters(in: .whitespacesAndNewlines)

  /// Now; `nil` on a system that does not identify its boots.
  static var now: BootTime? {
    boot.map { BootTime(boot: $0, elapsed: ContinuousClock().systemEpoch.duration(to: .now)) }
  }
}
