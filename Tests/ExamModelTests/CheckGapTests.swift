import ExamModel
import Testing

@Suite struct CheckGapTests {
  let start = ContinuousClock.now
  func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  @Test func countsFromOneCheckToTheNext() {
    var gap = CheckGap()
    gap.begin(at: at(0))
    #expect(gap.looked(at: at(0.5)) == .seconds(0.5))
    #expect(gap.looked(at: at(2)) == .seconds(1.5))
    #expect(gap.unchecked(at: at(5)) == .seconds(3))
  }

  @Test func aStudentWhoSendsNothingIsNotHeldAgainstTheServer() {
    var gap = CheckGap()
    gap.begin(at: at(0))
    gap.nothingComes()
    #expect(gap.unchecked(at: at(9)) == nil)
    #expect(gap.looked(at: at(10)) == nil)
    #expect(gap.looked(at: at(10.5)) == .seconds(0.5))
  }

  @Test func whoIsGoneIsNotWaitedFor() {
    var gap = CheckGap()
    #expect(gap.looked(at: at(0)) == nil)
    gap.begin(at: at(1))
    gap.end()
    #expect(gap.looked(at: at(2)) == nil)
    gap.begin(at: at(3))
    #expect(gap.looked(at: at(4)) == .seconds(1))
  }
}
