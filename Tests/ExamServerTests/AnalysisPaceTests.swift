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
}
