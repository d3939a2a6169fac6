/// Objects in order of insertion. Every operation takes amortised constant time.
struct AgedSet<Member: AnyObject> {
  private var members: [UInt64: Member] = [:]
  private var ages: [ObjectIdentifier: UInt64] = [:]
  private var oldest: UInt64 = 0
  private var next: UInt64 = 0

  var count: Int { members.count }
  var all: Dictionary<UInt64, Member>.Values { members.values }

  mutating func append(_ member: Member) {
    members[next] = member
    ages[ObjectIdentifier(member)] = next
    next += 1
  }

  /// - Returns: whether it was there.
  mutating func remove(_ member: Member) -> Bool {
    guard let age = ages.removeValue(forKey: ObjectIdentifier(member)) else { return false }
    members[age] = nil
    return true
  }

  mutating func removeOldest() -> Member? {
    while oldest < next {
      defer { oldest += 1 }
      if let member = taken(oldest) { return member }
    }
    return nil
  }

  mutating func removeNewest() -> Member? {
    while oldest < next {
      next -= 1
      if let member = taken(next) { return member }
    }
    return nil
  }

  private mutating func taken(_ age: UInt64) -> Member? {
    guard let member = members.removeValue(forKey: age) else { return nil }
    ages[ObjectIdentifier(member)] = nil
    return member
  }
}

/// The same per network, so that the one with the most can be reduced.
struct AgedByNetwork<Member: AnyObject> {
  private var sets: [String: AgedSet<Member>] = [:]
  private(set) var count = 0

  /// The network with the most.
  var fullest: String? { sets.max { $0.value.count < $1.value.count }?.key }
  var all: [Member] { sets.values.flatMap(\.all) }

  func count(of network: String) -> Int { sets[network]?.count ?? 0 }

  mutating func append(_ member: Member, of network: String) {
    sets[network, default: AgedSet()].append(member)
    count += 1
  }

  /// - Returns: whether it was there.
  mutating func remove(_ member: Member, of network: String) -> Bool {
    change(network) { $0.remove(member) ? member : nil } != nil
  }

  mutating func removeOldest(of network: String) -> Member? { change(network) { $0.removeOldest() } }
  mutating func removeNewest(of network: String) -> Member? { change(network) { $0.removeNewest() } }

  private mutating func change(_ network: String, _ remove: (inout AgedSet<Member>) -> Member?) -> Member? {
    guard let index = sets.index(forKey: network) else { return nil }
    guard let member = remove(&sets.values[index]) else { return nil }
    count -= 1
    if sets.values[index].count == 0 { sets.remove(at: index) }
    return member
  }
}
