/// What a simulated student does besides sitting there.
enum Behaviour: String, Sendable, CaseIterable {
  case ordinary, frozen, dark, absent, reconnecting

  /// The kind of alert that it must cause.
  var expectedAlert: String? {
    switch self {
    case .frozen: "picture_frozen"
    case .dark: "camera_covered"
    case .absent: "face_missing"
    case .ordinary, .reconnecting: nil
    }
  }

  /// Whether an alert of `kind` is true of such a student.
  func explains(_ kind: String) -> Bool {
    kind == expectedAlert || (self == .reconnecting && kind == "video_stopped")
  }
}

extension Behaviour {
  /// - Throws: `RehearsalError` if the server would not raise the expected alert in time.
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

/// When a student behaves specially: from time to time, so that recovery is rehearsed as well. A pure value.
struct BehaviourSchedule: Sendable {
  /// Much longer than any kind of alert needs to be confirmed.
  static let on = 20.0
  static let off = 15.0

  /// Seconds after the rehearsal's start.
  let first: Double

  /// - Parameter index: of the student; onsets are spread over two seconds.
  init(index: Int) {
    first = 4 + (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) * 2
  }

  /// The index of the current period of special behaviour at `seconds` after the start, from 0; nil if there is none.
  func occurrence(at seconds: Double) -> Int? {
    guard seconds >= first else { return nil }
    let turn = Int((seconds - first) / (Self.on + Self.off))
    return seconds - first - Double(turn) * (Self.on + Self.off) < Self.on ? turn : nil
  }
}
