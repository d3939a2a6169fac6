/// A dictionary with a maximum size. When it is full, the least used quarter is removed, never all of it: a flood of
/// new keys cannot displace those that are used a lot.
public struct LeastUsedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  public let capacity: Int
  private var values: [Key: Value] = [:]

  public init(capacity: Int) { self.capacity = capacity }

  public var count: Int { values.count }
  public var all: Dictionary<Key, Value>.Values { values.values }

  public subscript(key: Key) -> Value? { values[key] }

  /// - Parameter use: how much a value has been used; only called when the table is full.
  public mutating func set(_ value: Value, for key: Key, use: (Value) -> Double) {
    if values.count >= capacity, values[key] == nil {
      let least = values.map { (key: $0.key, use: use($0.value)) }.sorted { $0.use < $1.use }
      for entry in least.prefix(max(1, capacity / 4)) { values[entry.key] = nil }
    }
    values[key] = value
  }
}
