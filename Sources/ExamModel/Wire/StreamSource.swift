/// One of a student's streams: each is sent, decoded and watched separately.
public struct StreamSource: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The student's face: the only stream that is checked, and the default.
  public static let camera = StreamSource(number: 0)!
  /// Every source that a student may send.
  public static let all = (0..<count).map { StreamSource(number: $0)! }
  /// A limit on the pipelines that one student can make the server run.
  private static let count: UInt16 = 2

  public let number: UInt16

  /// `nil` beyond the last one.
  public init?(number: UInt16) {
    guard number < Self.count else { return nil }
    self.number = number
  }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let source = StreamSource(number: try value.decode(UInt16.self)) else {
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "source is a number from 0 to \(Self.count - 1)")
    }
    self = source
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(number)
  }

  /// As messages name it: the camera is left out.
  var named: StreamSource? { self == .camera ? nil : self }

  public var description: String { "\(number)" }
}

extension KeyedDecodingContainer {
  /// The source that a message names, or the camera.
  func decodeSource(forKey key: Key) throws -> StreamSource {
    try decodeIfPresent(StreamSource.self, forKey: key) ?? .camera
  }
}
