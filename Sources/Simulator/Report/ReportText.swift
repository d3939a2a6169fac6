import Foundation

/// The report of a rehearsal as lines of text.
struct ReportText {
  /// Milliseconds of delay in sending frames that are not worth mentioning.
  private static let tolerableLateness = 50.0

  private let report: RehearsalReport
  private var lines: [String] = []

  static func lines(of report: RehearsalReport) -> [String] {
    var text = ReportText(report: report)
    text.write()
    return text.lines
  }

  private init(report: RehearsalReport) { self.report = report }

  private mutating func write() {
    row(
      "measured", "\(number(report.seconds)) s\(report.interrupted ? ", ended early" : ""), \(report.media)")
    frames()
    row("capture to tile", latency(report.tiles) + ", \(number(report.tiles_per_second)) tiles/s")
    if report.focus { row("capture to large picture", latency(report.focus_pictures)) }
    row(
      "longest unchecked",
      report.longest_unchecked_s.map { "at most \(number($0)) s" } ?? "not judged: this server does not tell")
    alerts()
    connections()
    machine()
    verdict()
  }

  private mutating func frames() {
    let frames = report.frames
    row("frames offered", "\(frames.offered), \(number(frames.offered_per_second)) a second")
    row("frames accepted", frames.accepted.map(String.init) ?? "not told by this server")
    row("not sent, by cause", counts(frames.not_sent))
    row("dropped by the server", counts(frames.dropped_by_server))
  }

  private mutating func alerts() {
    for (kind, delay) in report.alerts.delays.sorted(by: { $0.key < $1.key }) {
      row(
        "\(kind) told after",
        "\(number(delay.mean_s)) s on average, at most \(number(delay.max_s)) s, \(delay.count) times")
    }
    row("alerts that did not come", counts(report.alerts.missed))
    var kinds: [String: Int] = [:]
    for alert in report.alerts.false_alerts { kinds[alert.kind, default: 0] += 1 }
    row("false alerts", counts(kinds))
  }

  private mutating func connections() {
    let connections = report.connections
    row("connections lost", connections.lost == 0 ? "none" : counts(connections.reasons))
    if connections.coming_back.count > 0 {
      row("back after a reconnect", latency(connections.coming_back))
    }
    if !report.server_errors.isEmpty { row("errors told by the server", counts(report.server_errors)) }
  }

  private mutating func machine() {
    if let server = report.server {
      row(
        "server's CPU",
        "\(number(server.cpu_share * 100)) % of a core, \(number(server.cpu_ms_per_frame)) ms per frame")
      let after = server.memory_after_mb.map { ", after the end \(number($0))" } ?? ""
      row(
        "server's memory, MB",
        "\(number(server.memory_begin_mb)) at first, \(number(server.memory_peak_mb)) at most, "
          + "\(number(server.memory_end_mb)) at last\(after)")
    } else {
      row("server's CPU and memory", "not on this machine, or not to be looked at")
    }
    row(
      "simulator's CPU",
      "\(number(report.simulator.cpu_share * 100)) % of a core, \(number(report.simulator.cpu_us_per_frame)) us per frame; "
        + "frames sent late by p99 \(report.simulator.lateness.p99_ms.map(number) ?? "?") ms")
  }

  private mutating func verdict() {
    lines.append("")
    if let late = report.simulator.lateness.p99_ms, late > Self.tolerableLateness {
      lines.append(
        "The students themselves were up to \(number(late)) ms late: this machine had no time for them, so run the "
          + "rehearsal from another one.")
    }
    guard let first = report.violations.first else { return lines.append("HELD: all limits were kept.") }
    lines.append(
      "NOT HELD: first gave way \(first.limit.words): \(number(first.value)), allowed \(number(first.allowed)), "
        + "seen from \(number(first.since)) s on.")
    for other in report.violations.dropFirst() {
      lines.append(
        "  then \(other.limit.words): \(number(other.value)), allowed \(number(other.allowed)), "
          + "seen from \(number(other.since)) s on.")
    }
  }

  private mutating func row(_ name: String, _ value: String) {
    lines.append(name + String(repeating: " ", count: max(1, 26 - name.count)) + value)
  }

  private func latency(_ times: RehearsalReport.Percentiles) -> String {
    guard let p50 = times.p50_ms, let p95 = times.p95_ms, let p99 = times.p99_ms, let most = times.max_ms
    else {
      return "none came"
    }
    return "p50 \(number(p50)), p95 \(number(p95)), p99 \(number(p99)), max \(number(most)) ms"
  }

  private func counts(_ counts: [String: Int]) -> String {
    let some = counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    return some.isEmpty ? "none" : some.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  private func number(_ value: Double) -> String {
    String(format: abs(value) < 10 ? "%.2f" : abs(value) < 1000 ? "%.1f" : "%.0f", value)
  }
}
