import Testing
import WebGateway

@Suite struct CombiningMarksTests {
  private static let most = CombiningMarks.longestRun

  private func marks(_ count: Int, _ mark: String = "\u{0301}") -> String {
    String(repeating: mark, count: count)
  }

  @Test(arguments: ["\u{0301}", "\u{0316}", "\u{1D165}", "\u{094D}", "\u{3099}"])
  func runsAreCountedUpToTheLimit(mark: String) {
    #expect(!CombiningMarks.runTooLong(in: "a" + marks(Self.most, mark) + "b" + marks(Self.most, mark)))
    #expect(CombiningMarks.runTooLong(in: "a" + marks(Self.most + 1, mark)))
  }

  /// As JSON may contain them: half of a pair is not a character, and what follows another backslash is not an escape.
  @Test(arguments: [#"\u0301"#, #"\u0316\u0301"#, "\u{0301}\\u0316", #"\uD834\uDD65"#, #"\ud834\udd65"#])
  func escapedOnesCount(mark: String) {
    let half = Self.most / 2
    #expect(CombiningMarks.runTooLong(in: "a" + marks(Self.most + 1, mark), escaped: true))
    #expect(!CombiningMarks.runTooLong(in: "a" + marks(half, mark) + "b" + marks(half, mark), escaped: true))
  }

  @Test(arguments: [#"\\u0301"#, #"\n"#, #"\uD834"#, #"\u03"#, #"\"#, "\\\u{1F468}"])
  func whatIsNoMarkDoesNot(text: String) {
    #expect(!CombiningMarks.runTooLong(in: marks(1000, text), escaped: true))
  }

  @Test func onlyJSONHasEscapes() {
    #expect(!CombiningMarks.runTooLong(in: marks(1000, #"\u0301"#)))
  }
}
