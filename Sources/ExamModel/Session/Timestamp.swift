import FoundationEssentials

/// A point in wall-clock time; on the wire RFC 3339, UTC, with milliseconds. Coders with
/// `CodingUserInfoKey.exactTimestamps` set use whole microseconds instead, which lose nothing.
public struct Timestamp: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  /// Microseconds since the Unix epoch.
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The system's clock, which anybody may set. Everything that is not about that clock uses `now`.
  public static var system: Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  public func advanced(by duration: Duration) -> Timestamp {
    Timestamp(microseconds: microseconds + duration.microseconds)
  }

  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  public var description: String {
    // The style truncates after the milliseconds, and a Date's floating point seconds may be slightly below them.
    Timestamp.style.format(Date(timeIntervalSince1970: (Double(microseconds / 1000) + 0.1) / 1000))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if decoder.userInfo[.exactTimestamps] != nil {
      microseconds = try container.decode(Int64.self)
      return
    }
    let date = try Timestamp.style.parse(container.decode(String.self))
    microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if encoder.userInfo[.exactTimestamps] != nil {
      try container.encode(microseconds)
    } else {
      try container.encode(description)
    }
  }
}

extension CodingUserInfoKey {
  /// Timestamps as integers of microseconds, where what is read back must equal what was written.
  public static let exactTimestamps = CodingUserInfoKey(rawValue: "exactTimestamps")!
}

extension Duration {
  /// This as the number of seconds that somebody is told to wait: at least one.
  public var wholeSecondsToWait: Int { max(1, Int(inSeconds.rounded(.up))) }

  /// Whole microseconds, rounded towards zero.
  public var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }

  /// Seconds as a floating point number.
  public var inSeconds: Double { Double(microseconds) / 1_000_000 }
}
