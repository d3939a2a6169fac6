import ExamModel
import Foundation
import GLibRuntime
import Testing

@testable import ExamServer

@Suite struct ReportPageTests {
  /// Roughly what a reader sees: without tags, whitespace collapsed.
  private func words(_ page: String) -> String {
    let body = page.split(separator: "</head>", maxSplits: 1).last.map(String.init) ?? ""
    return body.replacing(/<[^>]*>/, with: " ").replacing("\u{A0}", with: " ")
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func section(of name: String, in page: String) throws -> String {
    let sections = page.split(separator: "<section ").map { String($0) }
    return words("</head>" + (try #require(sections.dropFirst().first { $0.contains(name) })))
  }

  @Test func allThatIsKnownOfAStudentIsOnThePage() throws {
    let ada = try section(of: "Ada Lovelace", in: HandWrittenExam.rich.page())
    for fact in [
      "Present for 58 min · 2 alerts · not watched for 1 min 36 s",
      "Joined 08:05:00", "08:05:00 – 08:50:00, 08:52:00 – 09:05:00",
      "1 min 30 s: too much to do (08:10:00 – 08:11:00, 08:12:30 – 08:13:00)",
      "6 s: the video could not be decoded for a moment",
      "08:20:00 – 08:24:00 (4 min) by Emmy Noether : Fire drill",
      "“Looking away” may last and go 2 times as far from 08:07:00 until 09:00:00, by Alan Turing : Second sheet",
      "head 12° to the left, face 31 % of the picture’s height, brightness 112 of 255 (median of 14 checks)",
      "1 line written, 1 received privately",
      "Looking away medium acknowledged by Emmy Noether",
      "08:30:00 – 08:30:30 · 30 s · 90 % of looks agreed · came back 2 times",
      "The head turned by more than 30 degrees from where it usually points for 5 s (90 % of the checks).",
      "Confirmed after 5 s in which 80 % of looks agree; head turned more than 30° from this student’s usual 12°",
      "Teacher’s note: Looks at the clock.", "Student’s own note: The clock hangs on the left.",
      "No face in the picture serious not acknowledged", "08:40:00 – 08:40:15 · 15 s", "No picture was taken",
    ] {
      #expect(ada.contains(fact), "\(fact)")
    }
  }

  @Test func aHintNamesTheProgram() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada Lovelace")
    exam.alert("a1", of: "p1", .virtualCamera, from: 10, until: 20) { $0.said = "obs" }
    // A newer version may know more programs.
    exam.alert("a2", of: "p1", .virtualCamera, from: 30, until: 40) { $0.said = "cam_<3>" }
    exam.end(50)
    let ada = try section(of: "Ada Lovelace", in: exam.page())
    #expect(ada.contains("Picture may come from a program hint not acknowledged"))
    #expect(ada.contains("The page uses a camera that a program makes: OBS."))
    #expect(ada.contains("The page uses a camera that a program makes: cam_&lt;3&gt;."))
    #expect(!words(exam.page()).contains("serious alert that nobody acknowledged"))
  }

  @Test func theSessionIsSummedUp() {
    let page = HandWrittenExam.rich.page()
    let text = words(page)
    for fact in [
      "Session 482913", "Date 24 November 2025 times in UTC", "Time 08:00:00 – 09:05:00 1 h 5 min",
      "Teachers Alan Turing , Emmy Noether", "Students 2", "Alerts 2 1 serious, 0 not over at the end",
      "Lines of chat 3", "Ada Lovelace 2 No face 1, Looking away 1 58 min 1 min 36 s",
      "Zoë Çelik 0 – 1 h –", "Ada Lovelace 1 serious alert that nobody acknowledged; wrote 1 note",
      "No face in the picture serious 1 1 15 s",
    ] {
      #expect(text.contains(fact), "\(fact)")
    }
    #expect(!text.contains("not finished"))
    // The chat is private; only its size is reported.
    #expect(!page.contains("Private words") && !page.contains("May I ask?"))
  }

  @Test func anUnfinishedSessionSaysSoAtTheTop() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .faceMissing, from: 55, until: nil)
    let text = words(exam.page(at: 60))
    let notice = try #require(text.firstRange(of: "This exam is not finished."))
    let students = try #require(text.firstRange(of: "What needs attention"))
    #expect(notice.lowerBound < students.lowerBound)
    #expect(text.contains("how things stood on 24 November 2025 at 09:00:00"))
    #expect(text.contains("Ada 1 alert open"))
    #expect(text.contains("08:55:00 – open · 5 min"))
    #expect(text.contains("No face in the picture serious open not acknowledged"))
    #expect(text.contains("08:05:00 – open"))
    exam.end(60)
    let ended = words(exam.page(at: 90))
    #expect(!ended.contains("not finished"))
    #expect(ended.contains("08:55:00 – not over at the end · 5 min"))
  }

  @Test func picturesAreWithinThePageAndMissingOnesAreSaid() {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    for (index, id) in ["good", "gone", "broken"].enumerated() {
      exam.alert(
        id, of: "p1", .faceMissing, from: Double(10 + index), until: Double(11 + index), picture: true)
    }
    let store = StubStore(pictures: ["good": HandWrittenExam.jpeg])
    let page = exam.page { try store.picture(of: $0, in: HandWrittenExam.code) }
    let data = Data(HandWrittenExam.jpeg).base64EncodedString()
    #expect(page.ranges(of: "<img ").count == 1)
    #expect(page.contains("src=\"data:image/jpeg;base64,\(data)\""))
    #expect(page.contains("alt=\"Ada at 08:10:00\""))
    let text = words(page)
    #expect(
      text.contains(
        "2 pictures are not there: Ada , No face in the picture, 08:11:00 (file missing); Ada , No face in the picture, "
          + "08:12:00 (file not readable)"))
    #expect(text.contains("Picture file missing No face in the picture"))
    #expect(text.contains("Picture file not readable No face in the picture"))
    // The system's message is for operators: it can contain folder names.
    #expect(!page.contains("the disk says no"))
  }

  @Test func aPictureThatGoesWhileThePageIsMadeIsSaidToBeMissing() {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .faceMissing, from: 10, until: 11, picture: true)
    let page = ReportFormat.html.text(exam.report(), zone: ReportClock.utc) { _ in nil }
    #expect(words(page).contains("Picture file missing"))
    #expect(!page.contains("<img"))
    let odd = ReportFormat.html.text(exam.report(), zone: ReportClock.utc) { _ in [1, 2, 3, 4, 5, 6] }
    #expect(words(odd).contains("Picture file not readable"))
    #expect(!odd.contains("<img"))
  }

  @Test func nothingThatSomebodyTypedIsMarkup() {
    let typed = "<script>alert(1)</script>\"'&<img src=x onerror=y>\u{202E}\u{2069}\u{0}<\u{338}/section>"
    var exam = HandWrittenExam(teachers: [typed])
    exam.title = typed
    exam.student("p1", typed)
    exam.alert("a1", of: "p1", .faceMissing, from: 10, until: 11, picture: true) {
      $0.note = typed
      $0.studentNote = typed
      $0.acknowledgedBy = typed
    }
    exam.add(20, .paused, nil, .pause(Pause(reason: typed, by: typed, at: HandWrittenExam.at(20))))
    exam.add(
      30, .accommodated, "p1",
      .accommodation(
        Accommodation(
          kind: .alert(.pageHidden), effect: .mute, until: nil, reason: typed, by: typed,
          at: HandWrittenExam.at(30)))
    )
    let page = exam.page()
    #expect(!page.contains("<script"))
    #expect(!page.contains("<img src=x"))
    for mark in ["\u{202E}", "\u{2069}", "\u{0}"] {
      #expect(!page.unicodeScalars.contains(Unicode.Scalar(mark)!))
    }
    let escaped =
      "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;&lt;img src=x onerror=y&gt;\u{FFFD}&lt;\u{338}/section&gt;"
    // Title of the page, heading, teacher; name in three tables and links; notes and reasons with their authors.
    #expect(page.ranges(of: escaped).count >= 15)
    expectBalanced(page)
  }

  @Test func namesKeepTheirDirectionToThemselves() {
    var exam = HandWrittenExam()
    exam.student("p1", "محمد الخوارزمي")
    #expect(exam.page().contains("<bdi>محمد الخوارزمي</bdi>"))
  }

  @Test func thePageNeedsNothingElseAndItsPolicySaysSo() throws {
    let page = HandWrittenExam.rich.page()
    let style = try #require(page.firstMatch(of: /(?s)<style>(.*?)<\/style>/)).1
    let digits = Array(sha256(of: String(style)))
    let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    let hash = "'sha256-\(Data(bytes).base64EncodedString())'"
    #expect(
      ReportLook.english.style.contentSecurityPolicy
        == "default-src 'none'; style-src \(hash); img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'")
    #expect(page.contains(hash.replacing("'", with: "&#39;")))
    // The policy allows no style on an element.
    #expect(!page.contains(" style="))
    #expect(page.matches(of: /(?:href|src|action)=["'](?!#|data:)/).isEmpty)
    #expect(!style.contains("@import") && !style.contains("url(http"))
    expectBalanced(page)
  }

  @Test func referencesLeadSomewhere() {
    let page = HandWrittenExam.rich.page()
    let identifiers = page.matches(of: /\ id="([^"]+)"/).map { String($0.1) }
    #expect(Set(identifiers).count == identifiers.count)
    let references = page.matches(of: /(?:href="#|aria-labelledby="|aria-describedby="|url\(#)([^")]+)/).map {
      String($0.1)
    }
    #expect(references.count > 10)
    #expect(Set(references).subtracting(identifiers).isEmpty)
  }

  @Test func fiftyStudentsWithManyAlerts() {
    var exam = HandWrittenExam()
    for index in 0..<50 { exam.student("p\(index)", "Student \(index)") }
    for index in 0..<600 {
      let from = 10 + Double(index) / 10
      exam.alert(
        "a\(index)", of: "p\(index % 50)", AlertKind.allCases[index % 8], from: from, until: from + 0.2,
        picture: true)
    }
    exam.end(120)
    let picture = HandWrittenExam.jpeg + [UInt8](repeating: 7, count: 500)
    let page = exam.page { _ in picture }
    #expect(page.ranges(of: "<img ").count == 600)
    #expect(page.ranges(of: "<section ").count == 50)
    expectBalanced(page)
  }

  @Test func whoWasRemovedIsToldWithTheReason() {
    var exam = HandWrittenExam()
    for (index, dismissal) in [
      Dismissal(reason: "Not of this class", by: "Alan Turing", at: HandWrittenExam.at(10)),
      Dismissal(cause: .unseen, at: HandWrittenExam.at(11)),
      // As an older version wrote it.
      Dismissal(reason: "There was no room.", by: nil, at: HandWrittenExam.at(12)),
    ].enumerated() {
      exam.student("p\(index)", "Student \(index)")
      exam.add(10 + Double(index), .dismissed, "p\(index)", .dismissal(dismissal))
    }
    let text = words(exam.page())
    #expect(text.contains("08:10:00 by Alan Turing : Not of this class"))
    #expect(
      text.contains("08:11:00 by the server: The exam was full, and no picture had come from this student."))
    #expect(text.contains("08:12:00 by the server: There was no room."))
  }

  @Test func aSessionWithoutStudents() {
    var exam = HandWrittenExam()
    exam.end(1)
    let page = exam.page()
    #expect(words(page).contains("Nobody joined this session."))
    expectBalanced(page)
  }

  /// Every element is closed where it should be.
  private func expectBalanced(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let void: Set<Substring> = ["meta", "link", "img"]
    var open: [Substring] = []
    for match in page.matches(of: /<(\/?)([a-zA-Z0-9]+)[^>]*?(\/?)>/) {
      let (_, closing, name, selfClosing) = match.output
      if void.contains(name) || !selfClosing.isEmpty { continue }
      if closing.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        Issue.record(
          "</\(name)> does not close what is open: \(open.suffix(4))", sourceLocation: sourceLocation)
        return
      }
    }
    #expect(open.isEmpty, sourceLocation: sourceLocation)
  }
}
