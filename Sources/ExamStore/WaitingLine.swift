/// First in, first out; taking many from the front costs no more than there are.
struct WaitingLine<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var head = 0

  var count: Int { elements.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) { elements.append(element) }

  func prefix(_ count: Int) -> [Element] { Array(elements[head...].prefix(count)) }

  mutating func removeFirst(_ count: Int) {
    head += count
    // Moving the rest down once half is gone costs each element about one move in all.
    guard head * 2 >= elements.count else { return }
    elements.removeFirst(head)
    head = 0
  }

  mutating func removeAll(where condition: (Element) -> Bool) {
    elements.removeFirst(head)
    head = 0
    elements.removeAll(where: condition)
  }
}

extension WaitingLine: Sequence {
  func makeIterator() -> IndexingIterator<ArraySlice<Element>> { elements[head...].makeIterator() }
}
