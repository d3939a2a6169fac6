/// What a teacher says of an alert after looking: whether it was true.
public enum AlertVerdict: String, Sendable, Codable, CaseIterable, Hashable {
  case right, wrong
}

/// The verdict on an alert that counts, which is the last one.
public struct AlertJudgement: Sendable, Codable, Hashable {
  public let verdict: AlertVerdict
  /// The teacher's name.
  public let by: String
  public let at: Timestamp

  public init(_ verdict: AlertVerdict, by name: String, at time: Timestamp) {
    self.verdict = verdict
    by = name
    at = time
  }

  fileprivate enum CodingKeys: String, CodingKey {
    case verdict
    case by = "verdict_by"
    case at = "verdict_at"
  }
}

/// An alert with the verdict on it, for teachers and the journal. What students get is the alert alone, so no verdict can
/// reach them by accident.
public struct AlertWithVerdict: Sendable, Hashable {
  public let alert: AlertRecord
  /// `nil`: nobody has judged it, or the verdict was taken back.
  public let judgement: AlertJudgement?

  public init(_ alert: AlertRecord, _ judgement: AlertJudgement?) {
    self.alert = alert
    self.judgement = judgement
  }
}

extension AlertWithVerdict: Codable {
  /// The fields of both, side by side.
  public init(from decoder: any Decoder) throws {
    alert = try AlertRecord(from: decoder)
    let isJudged = try decoder.container(keyedBy: AlertJudgement.CodingKeys.self).contains(.verdict)
    judgement = isJudged ? try AlertJudgement(from: decoder) : nil
  }

  public func encode(to encoder: any Encoder) throws {
    try alert.encode(to: encoder)
    try judgement?.encode(to: encoder)
  }
}
