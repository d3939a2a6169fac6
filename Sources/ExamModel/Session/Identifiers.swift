/// The six-digit code by which people find a session. It is not a secret: tokens and keys are.
public struct SessionCode: Hashable, Sendable, Codable, CustomStringConvertible {
  public let digits: String

  /// `nil` unless `text` is exactly six ASCII digits.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 6, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    digits = String(text)
  }

  /// A code drawn evenly from all of 000000...999999.
  public static func random() -> SessionCode {
    let digits = (0..<6).map { _ in
      Character(Unicode.Scalar(UInt8.random(in: 0x30...0x39)))
    }
    return SessionCode(String(digits))!
  }

  public var description: String { digits }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let code = SessionCode(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a six-digit code: \(text)")
    }
    self = code
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(digits)
  }
}

/// Names a participant of a session to everybody in it.
public struct ParticipantID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }

  public static func random() -> ParticipantID {
    ParticipantID(rawValue: "p" + randomText(12))
  }
}

/// Names an alert.
public struct AlertID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }

  public static func random() -> AlertID {
    AlertID(rawValue: "a" + randomText(12))
  }
}

/// A secret that a client shows to prove who it is: a participant's token or a session's teacher key.
/// It never appears in a description, so it cannot end up in a log by accident.
public struct Secret: Sendable, CustomStringConvertible {
  public let text: String
  public init(text: String) { self.text = text }
  public var description: String { "[secret]" }

  /// 40 characters of 32 (200 bits).
  public static func random() -> Secret {
    Secret(text: randomText(40))
  }
}

/// Characters that are safe in URLs, file names and headers and hard to mistake for one another (Crockford's base 32).
private func randomText(_ count: Int) -> String {
  let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
  return String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
}
