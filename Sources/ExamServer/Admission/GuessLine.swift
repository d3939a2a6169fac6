import ExamModel

/// Those who have to wait before their input is checked. A pure value with a clock and a generator passed in.
///
/// People at one address cannot be told apart, so each turn is drawn by lot among all who wait: an attacker who waits
/// with many requests cannot keep the others out, as would be possible in an ordered queue of limited length. All who
/// wait with the same input as the drawn one get its answer, since that reveals no more than one answer does: a class
/// gets in with its code in one turn.
struct GuessLine: Sendable {
  /// A number by which whoever waits is found again.
  typealias Ticket = Int

  private struct Waiting: Sendable {
    let ticket: Ticket
    let guess: Guess
    let since: Instant
  }

  struct Turn: Sendable {
    let charge: GuessLedger.Charge
    let tickets: [Ticket]
  }

  struct Round: Sendable {
    /// What is checked now.
    var turns: [Turn] = []
    /// Who has to ask again.
    var dismissed: [Ticket] = []
  }

  private var waiting: [GuesserAddress: [Waiting]] = [:]
  private(set) var count = 0

  func count(at address: GuesserAddress) -> Int { waiting[address]?.count ?? 0 }

  /// If all places are taken, one waiting request of the address that holds most is displaced, by lot: holding many
  /// places keeps nobody else out of the draw.
  ///
  /// - Returns: who has to ask again.
  mutating func enter(
    _ ticket: Ticket, _ guess: Guess, at now: Instant, using generator: inout some RandomNumberGenerator
  ) -> Ticket? {
    let leaving = count < GuessLimits.held ? nil : giveWay(using: &generator)
    waiting[guess.address, default: []].append(Waiting(ticket: ticket, guess: guess, since: now))
    count += 1
    return leaving
  }

  private mutating func giveWay(using generator: inout some RandomNumberGenerator) -> Ticket? {
    guard let address = waiting.max(by: { $0.value.count < $1.value.count })?.key, var here = waiting[address]
    else { return nil }
    let leaving = here.remove(at: Int.random(in: here.indices, using: &generator))
    keep(here, at: address)
    return leaving.ticket
  }

  /// Moves on when it is time.
  mutating func move(
    _ ledger: inout GuessLedger, at now: Instant, using generator: inout some RandomNumberGenerator
  ) -> Round {
    var round = Round()
    let due = waiting.keys.filter { ledger.nextTurn(of: $0).map { $0 <= now } ?? true }
    for address in due.shuffled(using: &generator) {
      // Each turn may be the one that exceeds the ceiling.
      if ledger.isBeyondCeiling(at: now), ledger.nextTurnOfAll > now { break }
      draw(at: address, &ledger, now, &round, &generator)
    }
    for address in Array(waiting.keys) { sort(at: address, ledger, now, &round, &generator) }
    return round
  }

  /// Removes everybody who waits.
  mutating func clear() -> [Ticket] {
    defer {
      waiting = [:]
      count = 0
    }
    return waiting.values.flatMap { $0.map(\.ticket) }
  }

  private mutating func draw(
    at address: GuesserAddress, _ ledger: inout GuessLedger, _ now: Instant, _ round: inout Round,
    _ generator: inout some RandomNumberGenerator
  ) {
    guard let here = waiting[address], let drawn = here.randomElement(using: &generator) else { return }
    let charge = ledger.takeTurn(drawn.guess, at: now)
    let served = here.filter { $0.guess.text == drawn.guess.text }
    round.turns.append(Turn(charge: charge, tickets: served.map(\.ticket)))
    keep(here.filter { $0.guess.text != drawn.guess.text }, at: address)
  }

  /// Of those who have waited for a while some stay, drawn by lot. Only they are answered with what was right here recently,
  /// so that the last of a class need not be drawn again, and an attacker who sends thousands has only those checked.
  private mutating func sort(
    at address: GuesserAddress, _ ledger: GuessLedger, _ now: Instant, _ round: inout Round,
    _ generator: inout some RandomNumberGenerator
  ) {
    guard let here = waiting[address] else { return }
    var (old, staying) = ([Waiting](), [Waiting]())
    for one in here.shuffled(using: &generator) {
      let time = now - one.since
      if time >= ledger.limits.patience {
        round.dismissed.append(one.ticket)
      } else if time >= GuessLimits.round {
        old.append(one)
      } else {
        staying.append(one)
      }
    }
    let room = min(old.count, GuessLimits.waiting)
    round.dismissed += old.dropFirst(room).map(\.ticket)
    for one in old.prefix(room) {
      if let charge = ledger.takeAgain(one.guess, at: now) {
        round.turns.append(Turn(charge: charge, tickets: [one.ticket]))
      } else {
        staying.append(one)
      }
    }
    keep(staying, at: address)
  }

  private mutating func keep(_ those: [Waiting], at address: GuesserAddress) {
    count += those.count - (waiting[address]?.count ?? 0)
    waiting[address] = those.isEmpty ? nil : those
  }
}
