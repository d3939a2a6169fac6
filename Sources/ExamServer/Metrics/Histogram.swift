import Synchronization

/// Counts values by the smallest bound that they do not pass.
final class Histogram: Metric {
  private struct State {
    /// One for each bound, and one for what is beyond the last.
    var counts: [Int]
    var sum = 0.0
  }

  private let name: String
  private let help: String
  private let bounds: [Double]
  private let state: Mutex<State>

  /// - Parameter bounds: ascending.
  init(_ name: String, _ help: String, bounds: [Double]) {
    self.name = name
    self.help = help
    // Sums of tenths are not tenths, and bounds are told as text.
    self.bounds = bounds.map(thousandths)
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func add(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[place] += 1
      state.sum += value
    }
  }

  func write(to text: inout PrometheusText) {
    let state = state.withLock { $0 }
    var count = 0
    var samples: [(String, any CustomStringConvertible)] = []
    for (bound, more) in zip(bounds.map { "\($0)" } + ["+Inf"], state.counts) {
      count += more
      samples.append(("_bucket{le=\"\(bound)\"}", count))
    }
    text.add(name, "histogram", help, samples + [("_sum", state.sum), ("_count", count)])
  }
}
