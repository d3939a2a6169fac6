import ExamModel
import WebGateway

/// Gives everything typed of one kind its turn: at once, or after waiting in line.
@GatewayActor
final class GuessDesk {
  /// Permission to check one guess. It is charged unless reported as right.
  @GatewayActor
  final class Turn {
    private let charge: GuessLedger.Charge
    private let desk: GuessDesk
    private var isSettled = false

    fileprivate init(_ charge: GuessLedger.Charge, desk: GuessDesk) {
      self.charge = charge
      self.desk = desk
    }

    func settle(isRight: Bool) {
      // Those who waited with the same input share a turn.
      guard !isSettled else { return }
      isSettled = true
      desk.settle(charge, isRight)
    }
  }

  /// How often turns are checked.
  private static let beat = Duration.milliseconds(200)

  private var ledger: GuessLedger
  private var line = GuessLine()
  private var waiting: [Int: CheckedContinuation<Turn?, Never>] = [:]
  private var nextTicket = 0
  private var generator = SystemRandomNumberGenerator()
  private var moving: Task<Void, Never>?
  private var isStopped = false
  private var wasBeyondCeiling = false
  private let note: @Sendable (_ isBeyondCeiling: Bool) -> Void

  /// - Parameter note: called when all begin to wait in line, and when that is over.
  init(_ limits: GuessLimits, note: @escaping @Sendable (_ isBeyondCeiling: Bool) -> Void) {
    ledger = GuessLedger(limits, at: .now)
    self.note = note
  }

  /// Whether everybody who types waits in line.
  var isBeyondCeiling: Bool { ledger.isBeyondCeiling(at: .now) }

  /// Waits until the guess may be checked.
  ///
  /// - Throws: if its turn has not come and the page has to ask again, whether right or wrong.
  func turn(_ guess: Guess) async throws(Refusal) -> Turn {
    guard !isStopped else { throw .stopping }
    if let charge = ledger.takeAtOnce(guess, at: .now) { return Turn(charge, desk: self) }
    let ticket = nextTicket
    nextTicket += 1
    if let leaving = line.enter(ticket, guess, at: .now, using: &generator) {
      waiting.removeValue(forKey: leaving)?.resume(returning: nil)
    }
    let turn = await withCheckedContinuation { continuation in
      waiting[ticket] = continuation
      if moving == nil { moving = Task { await self.move() } }
    }
    if let turn { return turn }
    throw isStopped ? .stopping : waits(guess)
  }

  /// Sends away everybody who waits, because the server stops.
  func stop() {
    isStopped = true
    for ticket in line.clear() { waiting.removeValue(forKey: ticket)?.resume(returning: nil) }
  }

  private func move() async {
    while line.count > 0 {
      let round = line.move(&ledger, at: .now, using: &generator)
      for served in round.turns {
        let turn = Turn(served.charge, desk: self)
        for ticket in served.tickets { waiting.removeValue(forKey: ticket)?.resume(returning: turn) }
      }
      for ticket in round.dismissed { waiting.removeValue(forKey: ticket)?.resume(returning: nil) }
      try? await Task.sleep(for: Self.beat)
    }
    moving = nil
  }

  fileprivate func settle(_ charge: GuessLedger.Charge, _ isRight: Bool) {
    ledger.settle(charge, isRight: isRight, at: .now)
    let isBeyond = isBeyondCeiling
    if isBeyond != wasBeyondCeiling {
      wasBeyondCeiling = isBeyond
      note(isBeyond)
    }
  }

  private func waits(_ guess: Guess) -> Refusal {
    .waiting(
      others: line.count(at: guess.address), interval: ledger.interval(of: guess.address, at: .now))
  }
}

extension Refusal {
  /// The turn has not come yet. The answer is the same for right and wrong, since nothing was checked.
  fileprivate static func waiting(others: Int, interval: Duration) -> Refusal {
    let seconds = (interval.inSeconds * 10).rounded() / 10
    return Refusal(
      status: 429, title: "Waiting in line",
      detail:
        "Many wrong tries came from this network, so those who type wait in line: one is looked at every "
        + "\(seconds) s, drawn by lot. Please ask again with the same. The invite link has no line.",
      code: "waiting", retryAfter: 1, parameters: ["waiting": others, "interval": seconds])
  }

  static var stopping: Refusal {
    Refusal(
      status: 503, title: "Service Unavailable", detail: "The server is going away; please try again.",
      code: "stopping", retryAfter: 5)
  }
}
