/// The names of the fields of a message.
protocol MessageKey: CodingKey {
  static var type: Self { get }
}

extension KeyedEncodingContainer where Key: MessageKey {
  /// Fields that are `nil` are left out.
  mutating func encode(_ fields: KeyValuePairs<Key, (any Encodable)?>) throws {
    for case (let key, let value?) in fields { try encode(value, forKey: key) }
  }

  /// The type, and everything in `value` beside it.
  mutating func encode(_ type: String, and value: some Encodable, by encoder: any Encoder) throws {
    try encode(type, forKey: .type)
    try value.encode(to: encoder)
  }
}
