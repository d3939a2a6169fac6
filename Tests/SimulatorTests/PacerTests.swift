import Testing

@testable import Simulator

@Suite struct PacerTests {
  @Test func givesWhoIsDueInTheOrderOfTheirTimes() {
    var pacer = Pacer()
    let times: [Int64] = [50, 10, 40, 20, 30, 15, 45, 5, 35, 25]
    for (id, due) in times.enumerated() { pacer.add(id, due: due) }
    #expect(pacer.nextDue == 5)
    var taken: [Int64] = []
    while let (id, due) = pacer.take(at: 1000) {
      #expect(times[id] == due)
      taken.append(due)
    }
    #expect(taken == times.sorted())
    #expect(pacer.nextDue == nil)
  }

  @Test func keepsWhoIsNotDueYet() {
    var pacer = Pacer()
    pacer.add(1, due: 100)
    #expect(pacer.take(at: 99) == nil)
    #expect(pacer.take(at: 100)?.id == 1)
  }
}
