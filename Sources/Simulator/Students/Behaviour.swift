/// What a simulated student does besides sitting there.
enum Behaviour: String, Sendable, CaseIterable {
  case ordinary, frozen, dark, absent, reconnecting

  /// The kind of alert that must come of it.
  var expectedAlert: String? {
    switch self {
    case .frozen: "picture_frozen"
    case .dark: "camera_covered"
    case .absent: "face_missing"
    case .ordinary, .reconnecting: nil
    }
  }

  /// Whether an alert of `kind` says the truth about such a student.
  func explains(_ kind: String) -> Bool {
    kind == expectedAlert || (self == .reconnecting && kind == "video_stopped")
  }
}

extension Behaviour {
  /// - Throws: `RehearsalError` where the server would not tell in time what must come of it.
  func check(_ kinds: [ExamAPI.AlertKind]) throws {
    guard let expectedAlert else { return }
    guard let kind = kinds.first(where: { $0.kind == expectedAlert }) else {
      throw RehearsalError(
        "This server has no alert \(expectedAlert), which a student that is \(self) must raise.")
    }
    guard kind.window < BehaviourSchedule.on else {
      throw RehearsalError(
        "This server tells of \(expectedAlert) after \(kind.window) s, and a student is \(self) for "
          + "\(BehaviourSchedule.on) s only. Set alerts.\(expectedAlert).window lower for the rehearsal.")
    }
  }
}

/// When a student behaves specially: now and then, so that the way back is rehearsed as well. A pure value.
struct BehaviourSchedule: Sendable {
  /// Longer than any kind of alert needs to be confirmed, by far.
  static let on = 20.0
  static let off = 15.0

  /// Seconds after the rehearsal's start.
  let first: Double

  /// - Parameter index: of the student; onsets are spread over two seconds.
  init(index: Int) {
    first = 4 + (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) * 2
  }

  /// Which time in a row the student behaves specially at `seconds` after the start, from 0; nil if ordinarily.
  func occurrence(at seconds: Double) -> Int? {
    guard seconds >= first else { return nil }
    let (turn, rest) = divmod(seconds - first, Self.on + Self.off)
    return rest < Self.on ? turn : nil
  }

  private func divmod(_ value: Double, _ divisor: Double) -> (Int, Double) {
    let quotient = (value / divisor).rounded(.down)
    return (Int(quotient), value - quotient * divisor)
  }
}
