import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct RefusalReportTests {
  @Test func garbageForAMinuteIsReportedSparingly() {
    var report = RefusalReport()
    let start = ContinuousClock.now
    var told = 0
    var counts: [Int] = []
    for step in 0..<600 {
      let answer = report.add("bad_frame", at: start + .milliseconds(100 * step))
      if answer.tellStudent { told += 1 }
      if let count = answer.journalCount { counts.append(count) }
    }
    #expect(told == 60)
    #expect(counts == [1, 100, 100, 100, 100, 100])
    // Another code is not lost among them.
    let other = report.add("bad_message", at: start + .milliseconds(59_901))
    #expect(other.tellStudent && other.journalCount == 1)
  }
}
