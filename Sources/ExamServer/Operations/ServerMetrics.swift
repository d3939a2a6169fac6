import ExamModel
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
  let framesThinned = Counter()
  let framesBehind = Counter()
  let framesWithoutPipeline = Counter()
  let picturesEncoded = Counter()
  let picturesDelivered = Counter()
  /// By kind.
  let alertsConfirmed = Tally<AlertKind>()
  /// How many by cause, and for how many milliseconds together.
  let blindSpots = Tally<BlindSpot.Cause>()
  let blindMilliseconds = Tally<BlindSpot.Cause>()

  /// Seconds from one check of a student to the next.
  let checkGaps = Histogram(
    bounds: Array(stride(from: 0.5, through: 1.95, by: 0.1)) + [2, 2.5, 3, 4, 5, 7.5, 10, 15, 30, 60])

  func count(alert kind: AlertKind) { alertsConfirmed.add(1, to: kind) }

  func count(blindSpot cause: BlindSpot.Cause, seconds: Double) {
    blindSpots.add(1, to: cause)
    blindMilliseconds.add(Int(seconds * 1000), to: cause)
  }
}

/// Numbers that only grow, one for each of a few things.
final class Tally<Key: Hashable & Sendable & CaseIterable>: Sendable {
  private let counts = Mutex<[Key: Int]>([:])

  func add(_ amount: Int, to key: Key) { counts.withLock { $0[key, default: 0] += amount } }

  /// Every key with its number, in the order of the cases.
  var values: [(Key, Int)] {
    counts.withLock { counts in Key.allCases.map { ($0, counts[$0] ?? 0) } }
  }
}

/// Counts values by the smallest bound that they do not pass.
final class Histogram: Sendable {
  let bounds: [Double]
  private struct State {
    /// One for each bound, and one for what is beyond the last.
    var counts: [Int]
    var sum = 0.0
  }
  private let state: Mutex<State>

  /// - Parameter bounds: ascending.
  init(bounds: [Double]) {
    // Sums of tenths are not tenths, and bounds are told as text.
    self.bounds = bounds.map { ($0 * 1000).rounded() / 1000 }
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func add(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[place] += 1
      state.sum += value
    }
  }

  /// How many did not pass each bound; how many there are; their sum.
  var values: (cumulative: [Int], count: Int, sum: Double) {
    let state = state.withLock { $0 }
    var sum = 0
    let cumulative = state.counts.map { count in
      sum += count
      return sum
    }
    return (cumulative.dropLast(), sum, state.sum)
  }
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

  mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
    let values = histogram.values
    text += "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
    for (bound, count) in zip(histogram.bounds, values.cumulative) {
      text += "\(name)_bucket{le=\"\(bound)\"} \(count)\n"
    }
    text += "\(name)_bucket{le=\"+Inf\"} \(values.count)\n"
    text += "\(name)_sum \(values.sum)\n\(name)_count \(values.count)\n"
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
