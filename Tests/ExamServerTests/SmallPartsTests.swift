import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct OnsetPicturesTests {
  private let start = ContinuousClock.now

  @Test func theFirstLargePictureAfterTheSuspicionIsKept() {
    var onset = OnsetPictures()
    let unasked = onset.take(SharedBytes([0]), view: .focus, at: start)
    onset.want(for: .faceMissing)
    let small = onset.take(SharedBytes([0]), view: .tile, at: start)
    #expect(onset.isWanted)
    let first = onset.take(SharedBytes([1, 1]), view: .focus, at: start)
    let second = onset.take(SharedBytes([1, 2, 3]), view: .focus, at: start)
    #expect([unasked, small, first, second] == [false, false, true, false])
    #expect(!onset.isWanted)
    #expect(onset.picture(for: .faceMissing, confirmedAt: start)?.count == 2)
  }

  @Test func whereThePicturesEndedTheLastOneStandsInForAWhile() {
    var onset = OnsetPictures()
    _ = onset.take(SharedBytes([1]), view: .tile, at: start)
    onset.want(for: .videoStopped)
    #expect(onset.picture(for: .videoStopped, confirmedAt: start + .seconds(5))?.count == 1)
    #expect(onset.picture(for: .videoStopped, confirmedAt: start + .seconds(11)) == nil)
  }
}

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

@Suite struct JournalCSVTests {
  @Test func fieldsAreQuotedAndFormulasDisarmed() throws {
    let code = try #require(SessionCode("000001"))
    let csv =
      JournalCSV.header
      + JournalCSV.lines([
        JournalEvent(
          at: Timestamp(microseconds: 0), session: code, kind: .chat,
          participant: ParticipantID(rawValue: "p1"),
          name: "=HYPERLINK(\"x\")", fields: ["text": "a, b\nc\"\u{308}", "to": "teachers"])
      ])
    let lines = [
      #""at","session","kind","participant","name","fields""#,
      "\"1970-01-01T00:00:00.000Z\",\"000001\",\"chat\",\"p1\",\"'=HYPERLINK(\"\"x\"\")\","
        + "\"text=a, b\nc\"\"\u{308}; to=teachers\"",
    ]
    #expect(csv == "\u{FEFF}" + lines.map { $0 + "\r\n" }.joined())
  }

  @Test(arguments: [
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM", "\t=1", "\r1", "\n1", " =1", "\u{200B}=1",
    "\u{3000}＝1",
  ])
  func noTextIsAFormula(text: String) {
    var lines = CSVLines()
    lines.add([.text(text), .text("a" + text), .number(-1)])
    #expect(
      lines.text.unicodeScalars.elementsEqual("\u{FEFF}\"'\(text)\",\"a\(text)\",\"-1\"\r\n".unicodeScalars))
  }
}

@Suite struct WireJSONTests {
  @Test func problemsAreSaidInTheSendersWords() {
    func problem(_ json: String) -> String? {
      do {
        _ = try WireJSON.decode(StudentMessage.self, from: json)
        return nil
      } catch { return error.detail }
    }
    #expect(problem("{") == "the text is not valid JSON")
    #expect(problem("{}") == "the field type is missing")
    #expect(problem(#"{"type":"hello"}"#) == "the field media is missing")
    #expect(problem(#"{"type":"hand","up":"yes"}"#) == "up has the wrong type")
    #expect(problem(#"{"type":"hand","up":true}"#) == nil)
  }
}
