import ExamModel

/// Those who have to wait before what they typed is looked at. A pure value with a clock and a generator given to it.
///
/// Nobody at one address can be told from anybody else there, so at each turn lots are drawn among all who wait: a guesser
/// who waits with many requests cannot keep the others out, as he could from a line of so many places in order. All who
/// wait with what was drawn are answered with it, since that tells no more than one answer does: a class gets in with
/// its code in one turn.
struct GuessLine<Ticket: Hashable & Sendable>: Sendable {
  typealias Instant = ContinuousClock.Instant

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
    /// What is looked at now.
    var turns: [Turn] = []
    /// Who is to come again.
    var dismissed: [Ticket] = []
  }

  private var waiting: [GuesserAddress: [Waiting]] = [:]
  private(set) var count = 0

  func count(at address: GuesserAddress) -> Int { waiting[address]?.count ?? 0 }

  /// Where all places are taken, one who waits at the address that holds most gives way, by lot: nobody who holds many
  /// places keeps the others out of the draw.
  ///
  /// - Returns: who is to come again.
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

  /// Moves on where it is time.
  mutating func move(
    _ ledger: inout GuessLedger, at now: Instant, using generator: inout some RandomNumberGenerator
  ) -> Round {
    var round = Round()
    let due = waiting.keys.filter { ledger.nextTurn(of: $0).map { $0 <= now } ?? true }
    for address in due.shuffled(using: &generator) {
      // Each turn may be the one that leads beyond the ceiling.
      if ledger.isBeyondCeiling(at: now), ledger.nextTurnOfAll > now { break }
      draw(at: address, &ledger, now, &round, &generator)
    }
    for address in Array(waiting.keys) { sort(at: address, ledger, now, &round, &generator) }
    return round
  }

  /// Everybody who waits goes.
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

  /// Of those who are in for a while some stay, drawn by lot. They alone are answered with what was right here lately, so
  /// that the last of a class need not be drawn again, and a guesser who sends thousands has only those looked at.
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
