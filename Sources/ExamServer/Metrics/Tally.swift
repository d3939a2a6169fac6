import Synchronization

/// Numbers that only grow, one for each case of `Key`.
final class Tally<Key, Value>: Metric
where
  Key: Hashable & Sendable & CaseIterable & RawRepresentable<String>,
  Value: AdditiveArithmetic & Sendable & CustomStringConvertible
{
  private let name: String
  private let help: String
  private let label: String
  private let labels: String
  private let values = Mutex<[Key: Value]>([:])

  /// - Parameter labels: such as `cause="no_key"`, where several tallies have one name.
  init(_ name: String, _ help: String, by label: String, labels: String = "") {
    self.name = name
    self.help = help
    self.label = label
    self.labels = labels.isEmpty ? "" : ",\(labels)"
  }

  func add(_ amount: Value, to key: Key) { values.withLock { $0[key, default: .zero] += amount } }

  func write(to text: inout PrometheusText) {
    let values = values.withLock { $0 }
    text.add(
      name, "counter", help,
      Key.allCases.map { ("{\(label)=\"\($0.rawValue)\"\(labels)}", values[$0] ?? .zero) })
  }
}
