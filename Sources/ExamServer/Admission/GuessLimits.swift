import Foundation

/// How many wrong guesses pass, and how fast. docs/admission.md says what that promises, with the computation.
struct GuessLimits: Sendable {
  /// Wrong guesses of one address that are answered at once.
  var atOnce = 20.0
  /// From one turn of a line to the next.
  var interval: Duration
  /// For how long a request is held before its page is told that it waits.
  var patience: Duration
  /// Wrong guesses of one address, beyond those answered at once, after each of which its line is half as fast.
  var doubling = 25.0
  /// Wrong guesses from everywhere, of those without a device cookie, beyond which all who type wait in one line.
  var ceiling = 500.0
  /// Wrong guesses from everywhere beyond the ceiling, after each of which that line is half as fast.
  var ceilingDoubling = 20.0
  /// Wrong guesses of one browser that was right before.
  var ofDevice = 5.0
  /// The same of all such browsers at one address, and everywhere: a guesser may have many device cookies.
  var ofDevicesAtAddress = 20.0
  var ofDevicesEverywhere = 60.0
  /// The time in which a count of wrong guesses falls to 1/e.
  var memory = Duration.seconds(3 * 86_400)

  /// Those who stay in the line of one address, drawn by lot; the others are told to come again.
  static let waiting = 20
  /// Requests that are held for their turns, of all addresses together; beyond them one of the address that holds most goes.
  static let held = 1024
  /// Who has come is in for one draw at least, but for who gives way where all places are taken.
  static let round = Duration.seconds(1)

  /// For how long what was right in the line of an address is answered there without a further turn, to those who stay.
  static let rightFor = Duration.seconds(60)
  /// So many at one address: several classes may begin at the same time.
  static let rightAtOnce = 4

  static let codes = GuessLimits(interval: .seconds(1), patience: .seconds(2))
  static let passwords = GuessLimits(interval: .seconds(5), patience: .seconds(6), doubling: 50)

  /// From a turn that went to a wrong guess to the next one of that address.
  ///
  /// - Parameter wrong: its wrong guesses, this one included.
  func interval(afterWrong wrong: Double) -> Duration {
    interval * pow(2, max(0, wrong - atOnce) / doubling)
  }

  /// The same of the one line for all.
  func interval(afterWrongEverywhere wrong: Double) -> Duration {
    interval * pow(2, max(0, wrong - ceiling) / ceilingDoubling)
  }
}
