/// What was sent was not accepted, told to its sender.
public struct ErrorNotice: Sendable, Hashable, Encodable {
  public var code: String
  /// What the person can correct.
  public var why: WireError.Why?
  /// The limit that `why` is about.
  public var maximum: Int?
  /// In English, for programmers.
  public var detail: String
  /// Seconds after which the same message would be accepted.
  public var retryAfter: Int?
  /// Of the message that it answers, if that had one.
  public var id: Int?
  /// The stream that it is about; `nil`: the camera, or none.
  public var source: StreamSource?

  public init(
    code: String, why: WireError.Why? = nil, detail: String, retryAfter: Int? = nil, id: Int? = nil,
    source: StreamSource = .camera
  ) {
    self.code = code
    self.why = why
    maximum = why == .tooLong ? ChatMessage.maximumLength : nil
    self.detail = detail
    self.retryAfter = retryAfter
    self.id = id
    self.source = source.named
  }

  private enum CodingKeys: String, CodingKey {
    case code, why, maximum, detail
    case retryAfter = "retry_after"
    case id, source
  }
}
