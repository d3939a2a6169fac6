import ExamModel
import Foundation
import Testing
import WebGateway

@testable import ExamServer

/// Random numbers that are the same on every run (SplitMix64).
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A desk without a server: typed input, a clock, and which codes are right.
private final class Desk {
  var ledger: GuessLedger
  var line = GuessLine()
  var dice: Dice
  var now: Instant
  let right: Set<Int>
  private(set) var looked: [Int] = []
  private var nextTicket = 0
  /// Those who wait, by ticket.
  private(set) var waiting: [Int: (guess: Guess, code: Int)] = [:]
  /// The codes of those displaced since the last check.
  var gaveWay: [Int] = []

  init(_ limits: GuessLimits = .codes, right: Set<Int>, seed: UInt64 = 1) {
    now = .now
    ledger = GuessLedger(limits, at: now)
    dice = Dice(state: seed)
    self.right = right
  }

  var found: [Int] { looked.filter(right.contains) }

  static func guess(_ code: Int, from address: String, device: String? = nil) -> Guess {
    Guess(address: GuesserAddress(address), device: device, text: String(code))
  }

  /// - Returns: whether it was answered at once.
  @discardableResult
  func type(_ code: Int, from address: String, device: String? = nil) -> Bool {
    let guess = Self.guess(code, from: address, device: device)
    if let charge = ledger.takeAtOnce(guess, at: now) {
      look(charge)
      return true
    }
    nextTicket += 1
    waiting[nextTicket] = (guess, code)
    if let leaving = line.enter(nextTicket, guess, at: now, using: &dice) {
      gaveWay.append(waiting.removeValue(forKey: leaving)!.code)
    }
    return false
  }

  func look(_ charge: GuessLedger.Charge) {
    let code = Int(charge.guess.text)!
    looked.append(code)
    ledger.settle(charge, isRight: right.contains(code), at: now)
  }

  /// - Returns: the codes that were answered, once for each that waited with it.
  @discardableResult
  func move(after time: Duration) -> (answered: [Int], dismissed: [Int]) {
    now += time
    let round = line.move(&ledger, at: now, using: &dice)
    var answered: [Int] = []
    for turn in round.turns {
      look(turn.charge)
      answered += turn.tickets.map { waiting.removeValue(forKey: $0)!.code }
    }
    return (answered, round.dismissed.map { waiting.removeValue(forKey: $0)!.code })
  }
}

@Suite struct AdmissionTests {
  private static let codes = 1_000_000

  /// 1,000 addresses that guess all day, as fast as possible, each with a request in the line at all times; 50 exams
  /// are running. Every wrong guess is counted, so the number found follows from how many there were.
  @Test func sixDigitsAreNotFoundInADay() {
    let desk = Desk(right: [])
    let end = desk.now + .seconds(86_400)
    var next = 0
    func address(_ n: Int) -> String { "10.0.\(n / 250).\(n % 250)" }
    for n in 0..<1000 {
      while desk.type(next, from: address(n)) { next += 1 }
      next += 1
    }
    while desk.now < end {
      // To the next turn, for which all of them have come back.
      desk.now = max(desk.now + .milliseconds(200), desk.ledger.nextTurnOfAll)
      let waiting = Set(desk.waiting.values.map(\.guess.address.text))
      for n in 0..<1000 where !waiting.contains(address(n)) {
        desk.type(next, from: address(n))
        next += 1
      }
      desk.move(after: .zero)
    }
    #expect(desk.looked.count > 500)
    #expect(desk.looked.count < 1000)
    // Those with device cookies have this many in addition.
    let all = Double(desk.looked.count) + desk.ledger.limits.ofDevicesEverywhere * 4 / 3
    let found = 1 - pow(1 - 50 / Double(Self.codes), all)
    #expect(found < 0.05, "\(desk.looked.count) guesses")
  }

  @Test func oneAddressIsSlowedDownBeforeItSlowsDownOthers() {
    let desk = Desk(right: [])
    let end = desk.now + .seconds(86_400)
    var next = 0
    while desk.now < end {
      if desk.waiting.isEmpty {
        while desk.type(next, from: "10.0.0.1") { next += 1 }
        next += 1
      }
      desk.move(after: .seconds(1))
    }
    #expect(desk.looked.count < 450)
    #expect(!desk.ledger.isBeyondCeiling(at: desk.now))
    #expect(desk.type(next, from: "10.0.0.2"))
  }

  /// The class comes while an attacker at its address is guessing with 40 requests at once, and has been for a while.
  @Test(arguments: [5, 60, 300]) func aClassBehindAGuesserGetsIn(seconds: Int) {
    let slowest = (UInt64(1)...(seconds < 300 ? 20 : 5)).map { seed in
      timeOfAClass(seed: seed, guessers: [("10.0.0.1", 40)], before: seconds)
    }.max()!
    #expect(slowest < .seconds(seconds < 300 ? 60 : 120))
  }

  /// An attacker who takes every place, at one address, makes nobody elsewhere wait longer.
  @Test func allPlacesTakenByAnotherAddressKeepNobodyOut() {
    let slowest = (UInt64(1)...5).map { seed in
      timeOfAClass(seed: seed, guessers: [("10.0.0.1", 40), ("10.0.0.2", 1024)], before: 10)
    }.max()!
    #expect(slowest < .seconds(60))
  }

  /// How long until a whole class of 40 at 10.0.0.1 is in, typing the code and coming back when told to. The attackers
  /// have this many requests in line at all times, and began this many seconds before.
  private func timeOfAClass(
    seed: UInt64, guessers: [(address: String, requests: Int)], before seconds: Int
  ) -> Duration {
    let code = 424_242
    let desk = Desk(right: [code], seed: seed)
    var next = 500_000
    func guess() {
      for (address, requests) in guessers {
        let guesser = GuesserAddress(address)
        let here = desk.waiting.values.filter { $0.code != code && $0.guess.address == guesser }.count
        for _ in 0..<max(0, requests - here) {
          desk.type(next, from: address)
          next += 1
        }
      }
    }
    for _ in 0..<(seconds * 5) {
      guess()
      desk.move(after: .milliseconds(200))
    }
    desk.gaveWay = []
    let begin = desk.now
    var missing = 40
    var comingAgain = Array(repeating: begin, count: missing)
    while missing > 0, desk.now < begin + .seconds(600) {
      for _ in comingAgain.filter({ $0 <= desk.now }) where desk.type(code, from: "10.0.0.1") { missing -= 1 }
      comingAgain.removeAll { $0 <= desk.now }
      guess()
      let (answered, dismissed) = desk.move(after: .milliseconds(200))
      missing -= answered.filter { $0 == code }.count
      let sentAway = (dismissed + desk.gaveWay).filter { $0 == code }
      comingAgain += sentAway.map { _ in desk.now + .seconds(1) }
      desk.gaveWay = []
    }
    return desk.now - begin
  }

  @Test func whoHoldsMostGivesWay() {
    let desk = Desk(right: [])
    for code in 0..<20 { for n in 1...2 { desk.type(1000 * n + code, from: "10.0.0.\(n)") } }
    for code in 0..<GuessLimits.held { desk.type(5000 + code, from: "10.0.0.1") }
    #expect(desk.gaveWay.isEmpty)
    desk.type(9000, from: "10.0.0.2")
    #expect(desk.line.count == GuessLimits.held && desk.line.count(at: GuesserAddress("10.0.0.2")) == 1)
    #expect(desk.gaveWay.count == 1 && desk.waiting.values.contains { $0.code == 9000 })
  }

  @Test func aBrowserHasAFewPlacesOfItsOwn() {
    var newcomers = Newcomers()
    let (address, now) = (GuesserAddress("10.0.0.1"), ContinuousClock.now)
    func comes(_ device: String?, _ way: Newcomers.Way = .byLink) -> Bool {
      newcomers.take(way, address: address, device: device, at: now) == nil
    }
    // One who joins in a loop, and then the class.
    #expect((0..<1000).filter { _ in comes(nil) }.count == 200)
    for pupil in 0..<40 { #expect(comes("pupil \(pupil)")) }
    #expect((0..<1000).filter { _ in comes("one") }.count == 5)
    #expect(comes(nil, .typed) && comes(nil, .creating))
  }

  @Test func manyAtOnceDoNotOvertakeTheBudget() {
    var ledger = GuessLedger(.codes, at: .now)
    let now = ContinuousClock.now
    let taken = (0..<100).compactMap { ledger.takeAtOnce(Desk.guess($0, from: "10.0.0.1"), at: now) }
    #expect(taken.count == 20)
    // A class that is right at once pays nothing.
    for charge in taken { ledger.settle(charge, isRight: true, at: now) }
    #expect(ledger.wrongGuesses(of: GuesserAddress("10.0.0.1"), at: now) == 0)
  }

  @Test func rightAndWrongWaitAlike() {
    let desk = Desk(right: [7])
    for code in 100..<120 { #expect(desk.type(code, from: "10.0.0.1")) }
    #expect(!desk.type(7, from: "10.0.0.1"))
    #expect(!desk.type(8, from: "10.0.0.1"))
    #expect(desk.type(9, from: "10.0.0.2"))
  }

  @Test func aMisspeltCodeOfAWholeClassIsChargedOnce() {
    let desk = Desk(right: [])
    for _ in 0..<60 { #expect(desk.type(1, from: "10.0.0.1")) }
    #expect(desk.ledger.wrongGuesses(of: GuesserAddress("10.0.0.1"), at: desk.now) == 1)
  }

  @Test func aKnownBrowserDoesNotWaitForItsNeighbours() {
    let desk = Desk(right: [7])
    for code in 100..<120 { desk.type(code, from: "10.0.0.1") }
    #expect(desk.type(7, from: "10.0.0.1", device: "a"))
    // Its budget is small, and being right in between does not refill it.
    for code in 200..<205 {
      #expect(desk.type(code, from: "10.0.0.1", device: "a"))
      #expect(code == 204 || desk.type(7, from: "10.0.0.1", device: "a"))
    }
    #expect(!desk.type(205, from: "10.0.0.1", device: "a"))
    #expect(desk.type(7, from: "10.0.0.1", device: "b"))
    // Many cookies are no way around it.
    let passed = (0..<1000).filter { desk.type(1000 + $0, from: "10.0.0.1", device: "d\($0)") }
    #expect(passed.count == 15)
    let elsewhere = (0..<1000).filter { desk.type(5000 + $0, from: "10.1.0.\($0 / 20)", device: "e\($0)") }
    #expect(elsewhere.count == 40 + 480)
  }

  /// An attacker who sends thousands while a class comes in gets few of them compared with the class's code.
  @Test func whatWasRightLatelyIsNoOracle() {
    let desk = Desk(right: [7])
    for code in 100..<120 { desk.type(code, from: "10.0.0.1") }
    desk.type(7, from: "10.0.0.1")
    #expect(desk.move(after: .milliseconds(1)).answered == [7])
    desk.type(7, from: "10.0.0.1")
    for code in 1000..<1900 { desk.type(code, from: "10.0.0.1") }
    let (answered, dismissed) = desk.move(after: .seconds(1))
    // One turn, and at most those who stay.
    #expect(answered.count <= 2 && dismissed.count >= 900 - 21)
    desk.move(after: .seconds(61))
    #expect(desk.ledger.takeAgain(Desk.guess(7, from: "10.0.0.1"), at: desk.now) == nil)
    #expect(desk.ledger.takeAgain(Desk.guess(7, from: "10.0.0.2"), at: desk.now) == nil)
  }

  @Test func atMostTwentyStayAndNobodyIsHeldLong() {
    let desk = Desk(right: [])
    for code in 0..<20 { desk.type(code, from: "10.0.0.1") }
    for code in 0..<300 { desk.type(1000 + code, from: "10.0.0.1") }
    #expect(desk.line.count == 300)
    desk.move(after: .seconds(1))
    #expect(desk.line.count == 20)
    desk.move(after: .seconds(2))
    #expect(desk.line.count == 0 && desk.waiting.isEmpty)
    for code in 0..<2000 { desk.type(2000 + code, from: "10.0.0.1") }
    #expect(desk.line.count == GuessLimits.held)
  }

  @Test func beyondTheCeilingAllWhoTypeWaitInOneLine() {
    let desk = Desk(right: [7])
    for n in 0..<25 { for code in 0..<20 { desk.type(1000 + n * 20 + code, from: "10.0.0.\(n)") } }
    #expect(desk.ledger.isBeyondCeiling(at: desk.now))
    #expect(!desk.type(7, from: "10.9.0.1"))
    #expect(!desk.type(8, from: "10.9.0.2"))
    // The count decays from the first moment on, so that the first turn may be the one that exceeds the ceiling.
    #expect(desk.move(after: .milliseconds(1)).answered.count <= 2)
    for n in 5..<50 { #expect(!desk.type(9000 + n, from: "10.9.0.\(n)")) }
    #expect(desk.move(after: .milliseconds(200)).answered.isEmpty)
    #expect(desk.move(after: .milliseconds(1000)).answered.count == 1)
    #expect(desk.type(9, from: "10.9.0.3", device: "a"))
    // It is over when there are few again.
    desk.now += .seconds(3 * 86_400)
    #expect(!desk.ledger.isBeyondCeiling(at: desk.now))
  }

  @Test func oneHouseholdIsOneGuesser() {
    #expect(GuesserAddress("2001:db8:1:2::1") == GuesserAddress("2001:db8:1:2:ffff:ffff:ffff:ffff"))
    #expect(GuesserAddress("2001:db8:1:2::1") != GuesserAddress("2001:db8:1:3::1"))
    #expect(GuesserAddress("::ffff:10.0.0.1") == GuesserAddress("10.0.0.1"))
    #expect(GuesserAddress("fe80::1%eth0") == GuesserAddress("fe80::2"))
    #expect(GuesserAddress("10.0.0.1") != GuesserAddress("10.0.0.2"))
  }

  @Test func aFullTableDropsTheLeastUsed() {
    let now = ContinuousClock.now
    var ledger = GuessLedger(.codes, capacity: 100, at: now)
    let guesser = GuesserAddress("10.0.0.1")
    for code in 0..<20 {
      let charge = ledger.takeAtOnce(Desk.guess(code, from: "10.0.0.1"), at: now)!
      ledger.settle(charge, isRight: false, at: now)
    }
    for n in 0..<400 { _ = ledger.takeAtOnce(Desk.guess(n, from: "10.1.\(n).1"), at: now) }
    #expect(ledger.wrongGuesses(of: guesser, at: now) == 20)

    var limiter = RateLimiter<Int>(burst: 2, perSecond: 0.001)
    for _ in 0..<2 { _ = limiter.take(-1, at: now) }
    for key in 0..<25_000 { _ = limiter.take(key, at: now) }
    let wait = limiter.take(-1, at: now)
    #expect(wait != nil)
  }
}
