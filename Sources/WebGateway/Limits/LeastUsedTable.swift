/// A dictionary with a bound. When it is full, the quarter that says least goes, never all of it: whoever fills it with
/// new keys cannot make it forget those that are much used.
public struct LeastUsedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  public let capacity: Int
  private var values: [Key: Value] = [:]

  public init(capacity: Int) { self.capacity = capacity }

  public var count: Int { values.count }
  public var all: Dictionary<Key, Value>.Values { values.values }

  public subscript(key: Key) -> Value? { values[key] }

  /// - Parameter use: how much a value has been used; asked only when there is no room.
  public mutating func set(_ value: Value, for key: Key, use: (Value) -> Double) {
    if values.count >= capacity, values[key] == nil {
      let least = values.map { (key: $0.key, use: use($0.value)) }.sorted { $0.use < $1.use }
      for entry in least.prefix(max(1, capacity / 4)) { values[entry.key] = nil }
    }
    values[key] = value
  }
}
