import ExamModel
import Testing

@testable import ExamServer

@Suite struct JournalQuotaTests {
  @Test func teachersAreWarnedBeforeItIsFull() {
    var quota = JournalQuota(maximumMegabytes: 1)
    quota.add(bytes: 799_999)
    #expect(quota.level == .roomy)
    quota.add(bytes: 1)
    #expect(quota.level == .nearlyFull)
    quota.add(bytes: 199_999)
    #expect(quota.level == .nearlyFull)
    quota.add(bytes: 1)
    #expect(quota.level == .full)
  }
}
