import Foundation

/// All figures of a rehearsal. The names are those of the JSON file, which programs read: names may be added, not changed.
/// Times are in milliseconds if the name ends in `_ms`, in seconds if it ends in `_s`; memory is in MB of 10^6 bytes.
public struct RehearsalReport: Sendable, Encodable {
  struct Percentiles: Sendable, Encodable {
    let count: Int
    let p50_ms: Double?
    let p95_ms: Double?
    let p99_ms: Double?
    let max_ms: Double?

    init(_ histogram: LatencyHistogram) {
      func milliseconds(_ share: Double) -> Double? {
        histogram.percentile(share).map { Double($0) / 1000 }
      }
      count = histogram.count
      p50_ms = milliseconds(0.5)
      p95_ms = milliseconds(0.95)
      p99_ms = milliseconds(0.99)
      max_ms = count > 0 ? Double(histogram.maximum) / 1000 : nil
    }
  }

  struct Frames: Sendable, Encodable {
    let offered: Int
    let offered_per_second: Double
    let sent: Int
    let sent_bytes: Int
    let acknowledged: Int
    /// Acknowledged and, by the server's own count, not dropped; nil if it does not say.
    let accepted: Int?
    /// By the server's own count, which begins and ends a moment earlier or later than the others.
    let received: Int?
    /// Not sent by a student, by cause.
    let not_sent: [String: Int]
    /// Not decoded by the server, by cause.
    let dropped_by_server: [String: Int]
    /// Share of the offered ones that were lost: not sent, or dropped by the server although needed.
    let lost_share: Double
  }

  struct Alerts: Sendable, Encodable {
    struct Delay: Sendable, Encodable {
      let count: Int
      let mean_s: Double
      let max_s: Double

      init(_ delays: [Double]) {
        count = delays.count
        mean_s = delays.reduce(0, +) / Double(max(1, delays.count))
        max_s = delays.max() ?? 0
      }
    }
    /// From onset to the teacher, by kind.
    let delays: [String: Delay]
    let missed: [String: Int]
    let false_alerts: [AlertBook.FalseAlert]
  }

  struct Server: Sendable, Encodable {
    let pid: Int
    let cpu_seconds: Double
    /// 1 is one core.
    let cpu_share: Double
    /// Per frame that was sent.
    let cpu_ms_per_frame: Double
    let memory_begin_mb: Double
    let memory_peak_mb: Double
    let memory_end_mb: Double
    /// After the session's end; nil if that was not waited for.
    let memory_after_mb: Double?
  }

  struct Simulator: Sendable, Encodable {
    let cpu_seconds: Double
    let cpu_share: Double
    let cpu_us_per_frame: Double
    /// How late frames were sent: above a few milliseconds it is the simulator that was overloaded.
    let lateness: Percentiles
  }

  struct Connections: Sendable, Encodable {
    let lost: Int
    let reasons: [String: Int]
    let planned_reconnects: Int
    /// From a student's reconnecting to the first acknowledged frame.
    let coming_back: Percentiles
  }

  public let held: Bool
  /// In the order in which they were exceeded.
  let violations: [Verdict.Violation]
  let limits: [String: Double]
  /// Whether it was ended early.
  let interrupted: Bool
  let students: Int
  let teachers: Int
  let behaviours: [String: Int]
  let media: String
  let tile_fps: Double
  let focus: Bool
  let seconds: Double
  let frames: Frames
  let tiles: Percentiles
  let focus_pictures: Percentiles
  let acknowledgements: Percentiles
  let tiles_per_second: Double
  let pictures_per_second: Double
  let longest_unchecked_s: Double?
  let alerts: Alerts
  let connections: Connections
  let server_errors: [String: Int]
  /// How much each of the server's counters grew, by its name in `/metrics`.
  let server_counters: [String: Double]
  /// Nil if the server runs on another machine.
  let server: Server?
  let simulator: Simulator

  /// The JSON text, keys in order.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
