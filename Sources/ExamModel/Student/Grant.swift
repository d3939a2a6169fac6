/// Something that a teacher grants a student and people act on: the server keeps it, tells the student and teachers, and
/// reports it, and nothing else in it depends on it.
public enum Grant: String, Sendable, Codable, CaseIterable {
  /// More time for the exam, in minutes.
  case extraTime = "extra_time"

  /// What its amount may be, in the unit that its texts name; `nil`: it has none.
  public var amounts: ClosedRange<Int>? {
    switch self {
    case .extraTime: 1...600
    }
  }

  /// - Throws: what is wrong with an amount.
  func check(_ amount: Int?) throws(WireError) {
    switch (amounts, amount) {
    case (nil, nil): return
    case (nil, _?): throw WireError(detail: "\(rawValue) has no amount")
    case (let allowed?, let amount):
      guard let amount, allowed.contains(amount) else {
        throw WireError(
          detail: "the amount of \(rawValue) is \(allowed.lowerBound) to \(allowed.upperBound)")
      }
    }
  }
}
