import Foundation

/// How many wrong guesses are allowed, and how fast. docs/admission.md computes what that guarantees.
struct GuessLimits: Sendable {
  /// Wrong guesses per address that are answered at once.
  var atOnce = 20.0
  /// From one turn of a line to the next.
  var interval: Duration
  /// How long a request is held before its page is told that it waits.
  var patience: Duration
  /// Wrong guesses of one address, beyond those answered at once, after each of which its line is half as fast.
  var doubling = 25.0
  /// Wrong guesses from everywhere, without a device cookie, beyond which all who type wait in one line.
  var ceiling = 500.0
  /// Wrong guesses from everywhere above that ceiling, after each of which that line is half as fast.
  var ceilingDoubling = 20.0
  /// Wrong guesses of one browser that was right before.
  var ofDevice = 5.0
  /// The same for all such browsers at one address, and everywhere: an attacker may have many device cookies.
  var ofDevicesAtAddress = 20.0
  var ofDevicesEverywhere = 60.0
  /// The time in which a count of wrong guesses falls to 1/e.
  var memory = Duration.seconds(3 * 86_400)

  /// How many stay in the line of one address, drawn by lot; the others are told to ask again.
  static let waiting = 20
  /// Requests held for their turns, of all addresses together; beyond that one of the address that holds most goes.
  static let held = 1024
  /// Everybody takes part in at least one draw, except those displaced when all places are taken.
  static let round = Duration.seconds(1)

  /// How long what was right in the line of an address is answered there without another turn, to those who stay.
  static let rightFor = Duration.seconds(60)
  /// This many at one address: several classes may begin at the same time.
  static let rightAtOnce = 4

  static let codes = GuessLimits(interval: .seconds(1), patience: .seconds(2))
  static let passwords = GuessLimits(interval: .seconds(5), patience: .seconds(6), doubling: 50)

  /// The time from a turn used by a wrong guess to the next one of that address.
  ///
  /// - Parameter wrong: its wrong guesses, including this one.
  func interval(afterWrong wrong: Double) -> Duration {
    interval * pow(2, max(0, wrong - atOnce) / doubling)
  }

  /// The same for the common line.
  func interval(afterWrongEverywhere wrong: Double) -> Duration {
    interval * pow(2, max(0, wrong - ceiling) / ceilingDoubling)
  }
}
