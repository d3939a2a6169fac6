import Synchronization

/// A number that only grows.
final class Counter: Metric {
  private let name: String
  private let help: String
  private let labels: String
  private let count = Atomic(0)

  /// - Parameter labels: such as `{cause="no_key"}`, where several counters have one name.
  init(_ name: String, _ help: String, labels: String = "") {
    self.name = name
    self.help = help
    self.labels = labels
  }

  func add(_ amount: Int) { count.wrappingAdd(amount, ordering: .relaxed) }

  func write(to text: inout PrometheusText) {
    text.add(name, "counter", help, [(labels, count.load(ordering: .relaxed))])
  }
}
