/// A page of the past, the oldest first.
public struct HistoryPage<Item> {
  /// Items in one page.
  static var size: Int { 100 }
  /// Bytes of text that people wrote, beyond which a page ends.
  static var bytes: Int { 64 * 1024 }

  public private(set) var items: [Item] = []
  /// Where the next page begins; `nil`: there is nothing older.
  public private(set) var before: Int?

  /// - Parameter older: items with their numbers, the newest first.
  /// - Parameter bytes: of text in an item.
  init<Thing>(
    _ older: some Sequence<(number: Int, thing: Thing)>, bytes: (Thing) -> Int,
    item: (Int, Thing) -> Item
  ) {
    var sum = 0
    var last = 0
    for (number, thing) in older {
      if items.count == Self.size || sum > Self.bytes {
        before = last
        break
      }
      sum += bytes(thing)
      last = number
      items.append(item(number, thing))
    }
    items.reverse()
  }
}
