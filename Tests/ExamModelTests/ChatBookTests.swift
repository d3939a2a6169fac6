import Testing

@testable import ExamModel

@Suite("What was said, for those who come later")
struct ChatBookTests {
  private func message(_ text: String, from: String = "p1", to: ChatRecipient = .teachers) -> ChatMessage {
    ChatMessage(
      from: ParticipantID(rawValue: from), name: "Ada", role: .student, to: to, text: text, at: .now)
  }

  @Test("Pages go back to the first line, without a gap and without one twice")
  func pages() {
    var book = ChatBook(bounds: .live)
    for number in 1...250 {
      book.add(message("\(number)"))
      #expect(book.count == number)
    }
    var seen: [Int] = []
    var before: Int?
    repeat {
      let page = book.page(before: before) { _ in true }
      seen = page.items + seen
      before = page.before
    } while before != nil
    #expect(seen == Array(1...250))
    #expect(book.page(before: Int.min) { _ in true }.items.isEmpty)
    #expect(book.page(before: Int.max) { _ in true }.items.count == 100)
  }

  @Test("What one may not read is in no page, and says nothing by its place")
  func visibility() {
    var book = ChatBook(bounds: .live)
    for number in 1...300 { book.add(message("\(number)", from: number % 3 == 0 ? "p1" : "p2")) }
    let me = ParticipantID(rawValue: "p1")
    let page = book.page(before: nil) { $0.isVisible(toStudent: me) }
    #expect(page.items == (1...100).map { $0 * 3 } && page.before == nil)
  }

  @Test("It holds so many lines and bytes, and keeps the numbers of those that are left")
  func bounds() {
    var book = ChatBook(bounds: .live)
    for _ in 0..<(ChatBook.Bounds.live.lines + 1) { book.add(message("x")) }
    #expect(book.forgotten == 1000)
    #expect(book[1000] == nil && book[1001] != nil && book[ChatBook.Bounds.live.lines + 1] != nil)
    var long = ChatBook(bounds: .live)
    for _ in 0..<3000 { long.add(message(String(repeating: "x", count: 2000))) }
    #expect(long.forgotten > 0)
    #expect((3000 - long.forgotten) * 2000 <= ChatBook.Bounds.live.bytes)
    // Long lines make short pages.
    #expect(long.page(before: nil) { _ in true }.items.count < 40)
  }
}
