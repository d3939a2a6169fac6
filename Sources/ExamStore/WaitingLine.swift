/// A FIFO queue, kept in chunks: reading a copy of a long queue while it grows costs the next append no more than a
/// copy of the last chunk.
struct WaitingLine<Element: Sendable>: Sendable {
  private static var elementsPerChunk: Int { 128 }

  /// None is empty, and all but the last are full.
  private var chunks: [[Element]] = []
  /// Elements of the first chunk already taken.
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    if let last = chunks.indices.last, chunks[last].count < Self.elementsPerChunk {
      chunks[last].append(element)
    } else {
      chunks.append([element])
    }
    count += 1
  }

  mutating func removeFirst(_ number: Int) {
    count -= number
    head += number
    var emptied = 0
    while emptied < chunks.count, head >= chunks[emptied].count {
      head -= chunks[emptied].count
      emptied += 1
    }
    chunks.removeFirst(emptied)
  }

  mutating func popFirst() -> Element? {
    let element = first { _ in true }
    if element != nil { removeFirst(1) }
    return element
  }

  mutating func removeAll(where condition: (Element) -> Bool) {
    var rest = WaitingLine()
    for element in self where !condition(element) { rest.append(element) }
    self = rest
  }
}

extension WaitingLine: Sequence {
  func makeIterator() -> IndexingIterator<Slice<FlattenSequence<[[Element]]>>> {
    chunks.joined().dropFirst(head).makeIterator()
  }
}
