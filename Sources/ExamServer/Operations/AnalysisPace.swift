/// How many pictures per second are produced for the face check, depending on whether the checks keep up. A pure value.
///
/// Under overload the first thing to go is what nobody sees: pictures beyond those the checks can use. With temporal
/// layers these are not even decoded, which leaves the most capacity for the checks.
struct AnalysisPace {
  /// Pictures per second in quiet times, so that a check finds one at most 0.2 s old, and under load.
  static let usual = 5.0
  static let reduced = 2.5
  /// Checks later than this are behind; those earlier than the second value have caught up.
  private static let late = Duration.milliseconds(250)
  private static let onTime = Duration.milliseconds(50)
  /// It must last this long either way: a few people joining at once are not an overload.
  private static let patience = Duration.seconds(2)
  /// Later than this for this long counts as overload, and the reverse as its end.
  private static let tooLate = (delay: Duration.seconds(1), lasting: Duration.seconds(5))
  /// How long the checks must have kept up before more is tried again; doubled with each relapse, up to the second
  /// value, since every change back costs a key frame from each student.
  private static let retry = (first: Duration.seconds(60), last: Duration.seconds(960))

  /// The time over which students change one after the other: each change back costs a key frame, which is large.
  private static let spread = (down: Duration.seconds(1), up: Duration.seconds(10))

  private(set) var rate = usual
  private var changedAt: Instant?
  /// Whether some students go unchecked for too long, whatever was dropped.
  private(set) var isOverloaded = false
  private var lateSince: Instant?
  private var onTimeSince: Instant?
  private var overloadTurnsSince: Instant?
  private var pause = retry.first

  /// - Parameters:
  ///   - delay: how late the most delayed check is now.
  ///   - now: increases from call to call, several times a second.
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

  /// Pictures per second of one student: soon after a change not everybody has the new rate.
  ///
  /// - Parameter number: the student's; those of an exam are consecutive.
  func rate(ofStudent number: UInt32, at now: Instant) -> Double {
    let isDown = rate == Self.reduced
    let turn = (isDown ? Self.spread.down : Self.spread.up) * Double(number % 20) / 20
    guard let changedAt, now - changedAt < turn else { return rate }
    return isDown ? Self.usual : Self.reduced
  }
}
