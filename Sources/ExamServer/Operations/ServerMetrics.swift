import FaceCheck
import Foundation
import Synchronization
import WebGateway

/// A number that only grows.
final class Counter: Sendable {
  private let count = Atomic(0)
  func add(_ amount: Int) { count.wrappingAdd(amount, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}

/// What the server counts, for `/metrics`.
struct ServerMetrics: Sendable {
  let framesReceived = Counter()
  let framesRefused = Counter()
  let framesWithoutKey = Counter()
  let framesBehind = Counter()
  let framesWithoutPipeline = Counter()
  let picturesEncoded = Counter()
  let picturesDelivered = Counter()
  let alertsConfirmed = Counter()
}

/// Builds the Prometheus text exposition format, version 0.0.4.
struct PrometheusText {
  private(set) var text = ""

  mutating func counter(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
    add(name, "counter", help, [("", "\(value)")])
  }

  mutating func gauge(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
    add(name, "gauge", help, [("", "\(value)")])
  }

  /// `samples`: label set such as `{cause="no_key"}` and value.
  mutating func add(_ name: String, _ type: String, _ help: String, _ samples: [(String, String)]) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    for (labels, value) in samples { text += "\(name)\(labels) \(value)\n" }
  }
}

/// What the process itself uses, read from `/proc`.
struct ProcessUsage {
  let cpuSeconds: Double
  let residentBytes: Int
  let threads: Int

  init() {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    residentBytes = (pages.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * Int(getpagesize())
    threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
  }
}
