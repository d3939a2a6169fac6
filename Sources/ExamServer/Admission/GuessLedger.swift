import ExamModel
import Foundation
import WebGateway

/// Something typed that can be guessed: an exam's code or the teacher password.
struct Guess: Sendable, Hashable {
  let address: GuesserAddress
  /// The browser's cookie, where it has a valid one.
  let device: String?
  /// What was typed, or its digest.
  let text: String
}

/// The recent wrong guesses, by origin. A pure value with a clock passed in.
///
/// A guess is charged before it is checked and refunded if it was right, so that many at once cannot get around the
/// limit.
struct GuessLedger: Sendable {
  /// A count that decays.
  private struct Count: Sendable {
    var value = 0.0
    var at: Instant

    func now(_ now: Instant, memory: Duration) -> Double {
      value * exp(-max(0, (now - at).inSeconds) / memory.inSeconds)
    }
  }

  private struct Address: Sendable {
    var wrong: Count
    var wrongOfDevices: Count
    /// Wrong guesses charged recently: a class that types a wrong code from the board is charged once.
    var recent: [String] = []
    /// What was right in the line recently.
    var right: [(text: String, until: Instant)] = []
    var nextTurn: Instant
  }

  enum Way: Sendable {
    case device, address, line
    /// It was right in the line a moment ago.
    case again
  }

  /// The charge for a guess that has not been checked yet.
  struct Charge: Sendable {
    let guess: Guess
    let way: Way
    let at: Instant
    fileprivate let isFree: Bool
  }

  private static let recentGuesses = 8

  let limits: GuessLimits
  private var addresses: LeastUsedTable<GuesserAddress, Address>
  private var devices: LeastUsedTable<String, Count>
  private var everywhere: Count
  private var ofDevicesEverywhere: Count
  /// The next turn of the common line.
  private(set) var nextTurnOfAll: Instant

  init(_ limits: GuessLimits, capacity: Int = 10_000, at now: Instant) {
    self.limits = limits
    addresses = LeastUsedTable(capacity: capacity)
    devices = LeastUsedTable(capacity: capacity)
    everywhere = Count(at: now)
    ofDevicesEverywhere = Count(at: now)
    nextTurnOfAll = now
  }

  /// Whether there were so many wrong guesses from everywhere that all who type wait in line.
  func isBeyondCeiling(at now: Instant) -> Bool {
    everywhere.now(now, memory: limits.memory) >= limits.ceiling
  }

  func wrongGuesses(of address: GuesserAddress, at now: Instant) -> Double {
    addresses[address]?.wrong.now(now, memory: limits.memory) ?? 0
  }

  /// When the line of an address moves on.
  func nextTurn(of address: GuesserAddress) -> Instant? { addresses[address]?.nextTurn }

  /// The time between two turns of the address's line if all guesses are wrong.
  func interval(of address: GuesserAddress, at now: Instant) -> Duration {
    let own = limits.interval(afterWrong: wrongGuesses(of: address, at: now))
    guard isBeyondCeiling(at: now) else { return own }
    return max(
      own, limits.interval(afterWrongEverywhere: everywhere.now(now, memory: limits.memory)))
  }

  /// Charges a guess that can be answered at once; `nil` if it has to wait in line.
  mutating func takeAtOnce(_ guess: Guess, at now: Instant) -> Charge? {
    let memory = limits.memory
    let record = addresses[guess.address]
    if let device = guess.device,
      (devices[device]?.now(now, memory: memory) ?? 0) <= limits.ofDevice - 1,
      (record?.wrongOfDevices.now(now, memory: memory) ?? 0) <= limits.ofDevicesAtAddress - 1,
      ofDevicesEverywhere.now(now, memory: memory) <= limits.ofDevicesEverywhere - 1
    {
      return take(guess, .device, at: now)
    }
    guard !isBeyondCeiling(at: now), wrongGuesses(of: guess.address, at: now) <= limits.atOnce - 1 else {
      return nil
    }
    return take(guess, .address, at: now)
  }

  /// Charges a guess whose turn in the line has come.
  mutating func takeTurn(_ guess: Guess, at now: Instant) -> Charge {
    let isBeyondCeiling = isBeyondCeiling(at: now)
    let charge = take(guess, .line, at: now)
    var record = addresses[guess.address]!
    record.nextTurn = now + limits.interval(afterWrong: wrongGuesses(of: guess.address, at: now))
    keep(record, guess.address, at: now)
    if isBeyondCeiling {
      nextTurnOfAll =
        now + limits.interval(afterWrongEverywhere: everywhere.now(now, memory: limits.memory))
    }
    return charge
  }

  /// The charge for checking again what was recently right in this line: none; `nil` for everything else.
  func takeAgain(_ guess: Guess, at now: Instant) -> Charge? {
    guard let record = addresses[guess.address],
      record.right.contains(where: { $0.text == guess.text && $0.until > now })
    else { return nil }
    return Charge(guess: guess, way: .again, at: now, isFree: true)
  }

  /// The result of a guess. A right one costs nothing, and the line moves on as if nobody had been wrong.
  mutating func settle(_ charge: Charge, isRight: Bool, at now: Instant) {
    guard charge.way != .again, var record = addresses[charge.guess.address] else { return }
    if isRight {
      add(charge.isFree ? 0 : -1, charge.guess, charge.way, to: &record, at: now)
      if charge.way == .line {
        record.nextTurn = min(record.nextTurn, charge.at + limits.interval)
        nextTurnOfAll = min(nextTurnOfAll, charge.at + limits.interval)
        record.right.removeAll { $0.text == charge.guess.text || $0.until <= now }
        record.right.append((charge.guess.text, now + GuessLimits.rightFor))
        if record.right.count > GuessLimits.rightAtOnce { record.right.removeFirst() }
      }
    } else if !record.recent.contains(charge.guess.text) {
      record.recent.append(charge.guess.text)
      if record.recent.count > Self.recentGuesses { record.recent.removeFirst() }
    }
    keep(record, charge.guess.address, at: now)
  }

  // MARK: Parts

  private mutating func take(_ guess: Guess, _ way: Way, at now: Instant) -> Charge {
    var record =
      addresses[guess.address]
      ?? Address(wrong: Count(at: now), wrongOfDevices: Count(at: now), nextTurn: now)
    let isFree = record.recent.contains(guess.text)
    add(isFree ? 0 : 1, guess, way, to: &record, at: now)
    keep(record, guess.address, at: now)
    return Charge(guess: guess, way: way, at: now, isFree: isFree)
  }

  private mutating func add(
    _ amount: Double, _ guess: Guess, _ way: Way, to record: inout Address, at now: Instant
  ) {
    let memory = limits.memory
    func changed(_ count: Count) -> Count {
      Count(value: max(0, count.now(now, memory: memory) + amount), at: now)
    }
    switch way {
    case .device:
      record.wrongOfDevices = changed(record.wrongOfDevices)
      ofDevicesEverywhere = changed(ofDevicesEverywhere)
      if let device = guess.device, amount > 0 || devices[device] != nil {
        devices.set(changed(devices[device] ?? Count(at: now)), for: device) {
          $0.now(now, memory: memory)
        }
      }
    case .again: break
    case .address, .line:
      record.wrong = changed(record.wrong)
      everywhere = changed(everywhere)
    }
  }

  private mutating func keep(_ record: Address, _ address: GuesserAddress, at now: Instant) {
    let memory = limits.memory
    addresses.set(record, for: address) {
      $0.wrong.now(now, memory: memory) + $0.wrongOfDevices.now(now, memory: memory)
    }
  }
}
