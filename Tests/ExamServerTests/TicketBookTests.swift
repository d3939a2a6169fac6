import ExamModel
import Testing

@testable import ExamServer

@Suite struct TicketBookTests {
  private let token = SecretHash(Secret(text: "secret"))
  private let start = ContinuousClock.now

  @Test func aTicketIsGoodOnceForItsPathWithinItsTime() {
    var book = TicketBook()
    let ticket = book.issue(for: token, path: "/a", at: start)
    #expect(book.redeem(ticket.text, path: "/a", at: start + .seconds(29)) == token)
    #expect(book.redeem(ticket.text, path: "/a", at: start + .seconds(29)) == nil)
    let late = book.issue(for: token, path: "/a", at: start)
    #expect(book.redeem(late.text, path: "/a", at: start + .seconds(30)) == nil)
    let other = book.issue(for: token, path: "/a", at: start)
    #expect(book.redeem(other.text, path: "/b", at: start) == nil)
    // Presented at the wrong path it is used up.
    #expect(book.redeem(other.text, path: "/a", at: start) == nil)
    #expect(
      book.redeem("", path: "/a", at: start) == nil && book.redeem("secret", path: "/a", at: start) == nil)
  }

  @Test func oneTokenDrivesOutNoneButItsOwn() {
    var book = TicketBook()
    let other = SecretHash(Secret(text: "other"))
    let neighbours = book.issue(for: other, path: "/a", at: start)
    let tickets = (0..<TicketBook.perToken + 1).map { _ in book.issue(for: token, path: "/a", at: start) }
    #expect(book.redeem(tickets[0].text, path: "/a", at: start) == nil)
    #expect(book.redeem(tickets[1].text, path: "/a", at: start) != nil)
    #expect(book.redeem(tickets[TicketBook.perToken].text, path: "/a", at: start) != nil)
    #expect(book.redeem(neighbours.text, path: "/a", at: start) == other)
  }

  @Test func whoHoldsMostGivesWay() {
    var book = TicketBook()
    func hash(_ text: String) -> SecretHash { SecretHash(Secret(text: text)) }
    // A teacher's, and then as many students as it takes.
    let first = book.issue(for: hash("teacher"), path: "/a", at: start)
    let many = (0..<TicketBook.capacity / TicketBook.perToken * 2).map { "student \($0)" }
    var tickets: [Secret] = []
    for _ in 0..<TicketBook.perToken {
      for one in many { tickets.append(book.issue(for: hash(one), path: "/a", at: start)) }
    }
    #expect(book.redeem(first.text, path: "/a", at: start) == hash("teacher"))
    let good = tickets.count { book.redeem($0.text, path: "/a", at: start) != nil }
    #expect(good == TicketBook.capacity - 1)
  }
}
