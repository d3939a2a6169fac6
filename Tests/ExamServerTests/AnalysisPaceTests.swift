import Testing

@testable import ExamServer

@Suite struct AnalysisPaceTests {
  private let start = ContinuousClock.now

  /// Calls it four times a second.
  private func run(_ pace: inout AnalysisPace, from begin: Double, to end: Double, delay: Duration) {
    for time in stride(from: begin, to: end, by: 0.25) {
      pace.update(delay: delay, at: start + .seconds(time))
    }
  }

  @Test func itSlowsDownWhenChecksStayLateAndNotForAMoment() {
    var pace = AnalysisPace()
    run(&pace, from: 0, to: 1.5, delay: .seconds(1))
    run(&pace, from: 1.5, to: 2, delay: .zero)
    run(&pace, from: 2, to: 3.5, delay: .seconds(1))
    #expect(pace.rate == AnalysisPace.usual)
    run(&pace, from: 3.5, to: 5, delay: .seconds(1))
    #expect(pace.rate == AnalysisPace.reduced)
  }

  @Test func itComesBackAfterAMinuteAndLaterEachTime() {
    var pace = AnalysisPace()
    run(&pace, from: 0, to: 3, delay: .seconds(1))
    run(&pace, from: 3, to: 62.5, delay: .zero)
    #expect(pace.rate == AnalysisPace.reduced)
    run(&pace, from: 62.5, to: 64, delay: .zero)
    #expect(pace.rate == AnalysisPace.usual)
    run(&pace, from: 64, to: 67, delay: .seconds(1))
    run(&pace, from: 67, to: 180, delay: .zero)
    #expect(pace.rate == AnalysisPace.reduced)
    run(&pace, from: 180, to: 190, delay: .zero)
    #expect(pace.rate == AnalysisPace.usual)
  }

  @Test func itDoesNotComeBackWhileChecksAreALittleLate() {
    var pace = AnalysisPace()
    run(&pace, from: 0, to: 3, delay: .seconds(1))
    run(&pace, from: 3, to: 300, delay: .milliseconds(100))
    #expect(pace.rate == AnalysisPace.reduced)
  }

  @Test func anOverloadIsWhatLastsAndGoesWhenItIsOver() {
    var pace = AnalysisPace()
    run(&pace, from: 0, to: 4.5, delay: .seconds(2))
    #expect(!pace.isOverloaded)
    run(&pace, from: 4.5, to: 6, delay: .seconds(2))
    #expect(pace.isOverloaded)
    run(&pace, from: 6, to: 10.5, delay: .milliseconds(800))
    #expect(pace.isOverloaded)
    run(&pace, from: 10.5, to: 12, delay: .milliseconds(800))
    #expect(!pace.isOverloaded)
  }

  @Test func studentsChangeOneAfterTheOther() {
    var pace = AnalysisPace()
    func reduced(at time: Double) -> Int {
      (1...40).count { pace.rate(ofStudent: $0, at: start + .seconds(time)) == AnalysisPace.reduced }
    }
    #expect(reduced(at: 0) == 0)
    run(&pace, from: 0, to: 2.25, delay: .seconds(1))
    let change = 2.0
    #expect(reduced(at: change) == 2)
    #expect((18...22).contains(reduced(at: change + 0.5)))
    #expect(reduced(at: change + 1) == 40)
    run(&pace, from: 2.25, to: 63, delay: .zero)
    let back = 62.25
    #expect(pace.rate == AnalysisPace.usual)
    #expect(reduced(at: back) == 38)
    #expect((18...22).contains(reduced(at: back + 5)))
    #expect(reduced(at: back + 10) == 0)
  }
}
