import ExamModel
import Foundation
import Testing

@testable import ExamServer

@Suite struct ReportCommandTests {
  private let lines = Lines()

  private func text(
    _ store: StubStore, of code: SessionCode = HandWrittenExam.code, format: ReportFormat = .html
  ) throws -> String {
    try ReportCommand.text(
      of: code, from: store, lastAlive: store.lastAlive, dataFolder: "/data", format: format,
      zone: ReportClock.utc, look: .english,
      at: HandWrittenExam.at(300), warn: lines.add)
  }

  @Test(arguments: ReportFormat.allCases)
  func aFinishedSessionIsReportedWithoutAWord(format: ReportFormat) throws {
    var exam = HandWrittenExam.rich
    exam.judge("a1", .right, at: 66)
    let text = try text(StubStore([exam], pictures: ["a1": HandWrittenExam.jpeg]), format: format)
    #expect(text.contains("Ada Lovelace") == (format != .verdicts))
    let beginnings = ["<!DOCTYPE html>", "\u{FEFF}\"session\",", "{\"", "{\"confidence\":0.9"]
    #expect(text.hasPrefix(beginnings[ReportFormat.allCases.firstIndex(of: format)!]))
    #expect(lines.lines.isEmpty)
  }

  @Test func anUnfinishedSessionIsReportedWithAWarning() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    let text = try text(StubStore([exam], lastAlive: HandWrittenExam.at(30)))
    #expect(text.contains("This exam is not finished."))
    #expect(text.contains("at 08:30:00"))
    #expect(lines.lines.count == 1)
    #expect(lines.lines[0].contains("482913 is not finished") && lines.lines[0].contains("08:30:00"))
  }

  @Test func missingPicturesAreWarnedOf() throws {
    var exam = HandWrittenExam.rich
    exam.alert("broken", of: "p1", .severalFaces, from: 60, until: 61, picture: true)
    _ = try text(StubStore([exam]), format: .csv)
    _ = try text(StubStore([exam]), format: .verdicts)
    var document = ReportDocument(
      of: HandWrittenExam.code, as: .verdicts, zone: ReportClock.utc, look: .english
    ) { [lines] in lines.add($0) }
    var written: [UInt8] = []
    while try document.write(to: &written, from: StubStore([exam])) {}
    #expect(lines.lines.count == 2)
    #expect(lines.lines[0].contains("/data") && lines.lines[0].contains("alert a1 (Ada Lovelace"))
    #expect(lines.lines[1].contains("alert broken (Zoë Çelik") && lines.lines[1].contains("the disk says no"))
  }

  @Test func ofAnUnknownSessionItIsSaidWhatIsThere() throws {
    let unknown = try #require(SessionCode("000000"))
    let others = try (1...30).map {
      SessionRecord(
        code: try #require(SessionCode("1000" + ($0 < 10 ? "0\($0)" : "\($0)"))), title: "Exam \($0)",
        createdAt: HandWrittenExam.at(Double(-$0) * 60), teacherKeyHash: "", endedAt: HandWrittenExam.start)
    }
    let problem = #expect(throws: ReportProblem.self) {
      try text(StubStore([HandWrittenExam()], others: others), of: unknown)
    }
    let words = try #require(problem?.description)
    #expect(
      words.hasPrefix(
        "there is no session 000000 in /data; there is:\n  482913  24 November 2025, not finished"))
    #expect(words.contains("100001  24 November 2025, finished  Exam 1\n"))
    #expect(words.hasSuffix("and 11 older"))
    let empty = #expect(throws: ReportProblem.self) { try text(StubStore(), of: unknown) }
    #expect(empty?.description == "there is no session 000000 in /data, nor any other")
  }

  @Test func ofAnErasedSessionTheReceiptIsTold() throws {
    let receipt = ErasureReceipt(
      at: HandWrittenExam.at(100), session: HandWrittenExam.code, reason: .retention, participants: 3,
      events: 4,
      pictures: 5)
    let problem = #expect(throws: ReportProblem.self) { try text(StubStore(erased: [receipt])) }
    #expect(problem?.description.contains("482913 in /data was erased on 24 November 2025") == true)
  }

  @Test func badArgumentsAreNamed() async {
    for (code, folder, zone, word) in [
      ("12345", "/tmp", "UTC", "“12345”"), ("123456", "/no/such/folder", "UTC", "/no/such/folder"),
      ("123456", "/dev/null", "UTC", "/dev/null"), ("123456", "/tmp", "Mars/Olympus", "Mars/Olympus"),
    ] {
      let problem = await #expect(throws: ReportProblem.self) {
        try await ReportCommand.run(code: code, dataFolder: folder, webFolder: "Web", timeZone: zone)
      }
      #expect(problem?.description.contains(word) == true)
    }
  }
}

@Suite struct ReportFileTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "report-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func content(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func aFileIsReplacedWholeAndIsItsOwnersAlone() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/report.html"
    try ReportFile.write(Array("old and long".utf8), to: path)
    // A program that has the old file open keeps it: it is replaced, not overwritten.
    let old = try #require(FileHandle(forReadingAtPath: path))
    try ReportFile.write(Array("new".utf8), to: path)
    #expect(try content(path) == Array("new".utf8))
    #expect(try old.readToEnd() == Data("old and long".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["report.html"])
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func aLinkIsFollowed() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ReportFile.write([1], to: folder + "/real")
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/link", withDestinationPath: folder + "/real")
    try ReportFile.write([2], to: folder + "/link")
    #expect(try content(folder + "/real") == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/real")
  }

  @Test func whatCannotBeWrittenLeavesEverythingAsItWas() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for path in [folder, folder + "/none/report.html", "/dev/null"] {
      let problem = #expect(throws: ReportProblem.self) { try ReportFile.write([1], to: path) }
      #expect(problem?.description.contains(path) == true)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }
}
