/// Builds the Prometheus text exposition format, version 0.0.4.
struct PrometheusText {
  private(set) var text = ""
  private var last = ""

  mutating func counter(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
    add(name, "counter", help, [("", value)])
  }

  /// - Parameter label: the label by which `values` differ.
  mutating func counter(
    _ name: String, _ help: String, by label: String,
    _ values: KeyValuePairs<String, some CustomStringConvertible>
  ) {
    add(name, "counter", help, values.map { ("{\(label)=\"\($0)\"}", $1) })
  }

  mutating func gauge(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
    add(name, "gauge", help, [("", value)])
  }

  /// Metrics of the same name have to follow one another.
  ///
  /// - Parameter samples: what stands behind the name, such as `{cause="no_key"}`, and the value.
  mutating func add(
    _ name: String, _ type: String, _ help: String, _ samples: [(String, any CustomStringConvertible)]
  ) {
    if name != last { text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" }
    last = name
    for (suffix, value) in samples { text += "\(name)\(suffix) \(value)\n" }
  }
}
