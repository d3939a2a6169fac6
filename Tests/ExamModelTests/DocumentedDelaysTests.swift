import Foundation
import Testing

@testable import ExamModel

/// The delays near a limit, as docs/accuracy.md states them: two looks a second, each bad with a probability of its own.
@Suite struct DocumentedDelaysTests {
  private static let kinds = AlertKind.allCases.filter { $0.row.source == .picture }
  private static let runs = 1000
  /// Of the direction of a followed head, in degrees, standard deviation: docs/accuracy.md.
  private static let errorOfYaw = 3.5

  /// - Returns: the median and the 95th percentile in seconds, `nil` beyond a minute.
  private static func delays(_ kind: AlertKind, _ share: Double) -> [Double?] {
    let start = ContinuousClock.now
    let delays = (0..<runs).map { seed in
      var random = SplitMix64(seed: UInt64(seed))
      var machine = AlertMachine(rule: kind.row.rule)
      _ = machine.look(isBad: false, at: start)
      // It begins between two looks.
      return stride(from: 0.25, to: 60, by: 0.5).first { time in
        let isBad = Double.random(in: 0..<1, using: &random) < share
        return machine.look(isBad: isBad, at: start + .seconds(time + 0.25)).contains {
          if case .confirmed = $0 { true } else { false }
        }
      } ?? .infinity
    }
    let sorted = delays.sorted()
    return [sorted[runs / 2], sorted[runs * 95 / 100]].map { $0.isFinite ? $0 : nil }
  }

  private static func cell(_ kind: AlertKind, _ share: Double) -> String {
    delays(kind, share).map { $0.map { String(format: "%.1f", $0) } ?? "over 60" }.joined(separator: " / ")
  }

  private static var shares: [String] {
    [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1].map { share in
      "| \(Int((share * 100).rounded())) % | " + kinds.map { cell($0, share) }.joined(separator: " | ") + " |"
    }
  }

  private static var angles: [String] {
    let limit = AlertKind.lookingAway.row.rule.limit!
    return [27, 29, 30, 31, 32, 33, 34, 36, 38, 42].map { angle in
      let share = 0.5 * erfc(-(angle - limit) / errorOfYaw / 2.0.squareRoot())
      return "| \(Int(angle)) | \(Int((share * 100).rounded())) % | \(cell(.lookingAway, share)) |"
    }
  }

  @Test func theDelaysAreAsStated() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/accuracy.md")
    let text = try String(contentsOf: file.standardized, encoding: .utf8)
    let head = "| seen in | " + Self.kinds.map { "`\($0.rawValue)`" }.joined(separator: " | ") + " |"
    for rows in [[head, "|---|" + Self.kinds.map { _ in "--:|" }.joined()] + Self.shares, Self.angles] {
      let table = rows.joined(separator: "\n")
      #expect(text.contains(table), "docs/accuracy.md should have:\n\(table)")
    }
  }
}
