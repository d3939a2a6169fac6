import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct JournalCSVTests {
  @Test func fieldsAreQuotedAndFormulasDisarmed() throws {
    let code = try #require(SessionCode("000001"))
    let csv =
      JournalDocument.lines(
        [
          JournalEvent(
            at: Timestamp(microseconds: 0), session: code, kind: .chat,
            participant: ParticipantID(rawValue: "p1"),
            name: "=HYPERLINK(\"x\")", fields: ["text": "a, b\nc\"\u{308}", "to": "teachers"])
        ], isBeginning: true)
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
