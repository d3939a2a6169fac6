/// How many pictures a second are made for the face check, by whether the checks keep up. A pure value.
///
/// Under overload the first thing to go is what nobody sees: pictures beyond those that the checks can use. Of a stream with
/// temporal layers they are then not even decoded, which leaves the most for the checks.
struct AnalysisPace {
  typealias Instant = ContinuousClock.Instant

  /// Pictures a second in quiet times, so that a check finds one at most 0.2 s old, and under load.
  static let usual = 5.0
  static let reduced = 2.5
  /// Checks that come later than this are behind; those later than the second have caught up.
  private static let late = Duration.milliseconds(250)
  private static let onTime = Duration.milliseconds(50)
  /// It must last this long either way: a few people who come in at once are no overload.
  private static let patience = Duration.seconds(2)
  /// Later than this for this long is an overload, and so is the end of it.
  private static let tooLate = (delay: Duration.seconds(1), lasting: Duration.seconds(5))
  /// How long the checks must have kept up until more is tried again; doubled with each relapse, up to the second, since
  /// every change back costs a key frame of each student.
  private static let retry = (first: Duration.seconds(60), last: Duration.seconds(960))

  /// Over what time students change one after the other: a change back costs a key frame of each, and a key frame is large.
  private static let spread = (down: Duration.seconds(1), up: Duration.seconds(10))

  private(set) var rate = usual
  private var changedAt: Instant?
  /// Whether some students go unchecked for too long, whatever was left out.
  private(set) var isOverloaded = false
  private var lateSince: Instant?
  private var onTimeSince: Instant?
  private var overloadTurnsSince: Instant?
  private var pause = retry.first

  /// - Parameters:
  ///   - delay: how late the check is that is latest now.
  ///   - now: rises from call to call, which come several times a second.
  mutating func update(delay: Duration, at now: Instant) {
    overloadTurnsSince = (delay > Self.tooLate.delay) != isOverloaded ? overloadTurnsSince ?? now : nil
    if let since = overloadTurnsSince, now - since >= Self.tooLate.lasting {
      isOverloaded.toggle()
      overloadTurnsSince = nil
    }
    lateSince = delay > Self.late ? lateSince ?? now : nil
    onTimeSince = delay <= Self.onTime ? onTimeSince ?? now : nil
    if rate == Self.usual, let lateSince, now - lateSince >= Self.patience {
      rate = Self.reduced
      changedAt = now
      onTimeSince = nil
    } else if rate == Self.reduced, let onTimeSince, now - onTimeSince >= pause {
      rate = Self.usual
      changedAt = now
      pause = min(pause * 2, Self.retry.last)
    }
  }

  /// Pictures a second of one student: soon after a change not everybody has the new rate.
  ///
  /// - Parameter number: the student's; those of an exam follow one another.
  func rate(ofStudent number: UInt32, at now: Instant) -> Double {
    let isDown = rate == Self.reduced
    let turn = (isDown ? Self.spread.down : Self.spread.up) * Double(number % 20) / 20
    guard let changedAt, now - changedAt < turn else { return rate }
    return isDown ? Self.usual : Self.reduced
  }
}
