/// Who is due next: a binary heap of instants. A pure value.
struct Pacer: Sendable {
  private struct Entry {
    let due: Int64
    let id: Int
  }

  private var heap: [Entry] = []

  /// When the first is due, in the microseconds of the caller's clock.
  var nextDue: Int64? { heap.first?.due }

  /// - Parameter due: in microseconds of the caller's clock.
  mutating func add(_ id: Int, due: Int64) {
    heap.append(Entry(due: due, id: id))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].due < heap[parent].due else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the first one, if it is due.
  mutating func take(at now: Int64) -> (id: Int, due: Int64)? {
    guard let first = heap.first, first.due <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return (first.id, first.due)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].due < heap[smallest].due { smallest = child }
      }
      guard smallest != parent else { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
