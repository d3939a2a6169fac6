import ExamModel
import Testing

@testable import ExamServer

@Suite struct TicketBookTests {
  private let token = Secret(text: "secret")
  private let start = ContinuousClock.now

  @Test func aTicketIsGoodOnceForItsPathWithinItsTime() {
    var book = TicketBook()
    let ticket = book.issue(for: token, path: "/a", at: start)
    #expect(book.redeem(ticket.text, path: "/a", at: start + .seconds(29)) == "secret")
    #expect(book.redeem(ticket.text, path: "/a", at: start + .seconds(29)) == nil)
    let late = book.issue(for: token, path: "/a", at: start)
    #expect(book.redeem(late.text, path: "/a", at: start + .seconds(30)) == nil)
    let other = book.issue(for: token, path: "/a", at: start)
    #expect(book.redeem(other.text, path: "/b", at: start) == nil)
    // Shown at the wrong place it is spent.
    #expect(book.redeem(other.text, path: "/a", at: start) == nil)
    #expect(
      book.redeem("", path: "/a", at: start) == nil && book.redeem("secret", path: "/a", at: start) == nil)
  }

  @Test func oneTokenDrivesOutNoneButItsOwn() {
    var book = TicketBook()
    let neighbours = book.issue(for: Secret(text: "other"), path: "/a", at: start)
    let tickets = (0..<TicketBook.perToken + 1).map { _ in book.issue(for: token, path: "/a", at: start) }
    #expect(book.redeem(tickets[0].text, path: "/a", at: start) == nil)
    #expect(book.redeem(tickets[1].text, path: "/a", at: start) != nil)
    #expect(book.redeem(tickets[TicketBook.perToken].text, path: "/a", at: start) != nil)
    #expect(book.redeem(neighbours.text, path: "/a", at: start) == "other")
  }

  @Test func theirNumberHasABound() {
    var book = TicketBook()
    let first = book.issue(for: Secret(text: "first"), path: "/a", at: start)
    for number in 0..<TicketBook.capacity {
      _ = book.issue(for: Secret(text: "token \(number)"), path: "/a", at: start)
    }
    #expect(book.redeem(first.text, path: "/a", at: start) == nil)
  }
}
