/// Which alerts were expected, when they came, and which were false. A pure value.
struct AlertBook: Sendable {
  struct FalseAlert: Sendable, Encodable, Hashable {
    let student: String
    let kind: String
    /// Seconds since the start.
    let at: Double
  }

  private struct Onset {
    let behaviour: Behaviour
    let at: Double
    var isAlerted = false
  }

  /// Delays from onset to alert in seconds, by kind.
  private(set) var delays: [String: [Double]] = [:]
  /// Onsets that passed without their alert, by kind.
  private(set) var missed: [String: Int] = [:]
  private(set) var falseAlerts: [FalseAlert] = []
  private var open: [String: Onset] = [:]
  private var last: [String: Onset] = [:]

  /// The first picture of a special behaviour was captured.
  mutating func began(_ behaviour: Behaviour, student: String, at seconds: Double) {
    guard behaviour.expectedAlert != nil else { return }
    open[student] = Onset(behaviour: behaviour, at: seconds)
  }

  /// The student behaves normally again.
  mutating func ended(student: String) {
    guard let onset = open.removeValue(forKey: student) else { return }
    last[student] = onset
    if !onset.isAlerted { missed[onset.behaviour.expectedAlert!, default: 0] += 1 }
  }

  /// A teacher received a confirmed alert.
  mutating func confirmed(_ kind: String, student: String, behaviour: Behaviour, at seconds: Double) {
    guard behaviour.explains(kind),
      behaviour.expectedAlert == nil || open[student] != nil || last[student] != nil
    else {
      falseAlerts.append(FalseAlert(student: student, kind: kind, at: seconds))
      return
    }
    guard let onset = open[student], !onset.isAlerted else { return }
    open[student]!.isAlerted = true
    delays[kind, default: []].append(seconds - onset.at)
  }
}
