import ExamModel
import Foundation
import Testing

@testable import ExamServer

@Suite struct ReportCSVTests {
  /// Reads RFC 4180, like a program at the other end.
  private func rows(_ csv: String) -> [[String]] {
    var rows: [[String]] = [[]]
    var field: String.UnicodeScalarView = .init()
    var isQuoted = false
    #expect(csv.unicodeScalars.first == "\u{FEFF}")
    var scalars = Array(csv.unicodeScalars)[...].dropFirst()
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"":
        field.append(scalar)
        scalars.removeFirst()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        rows[rows.count - 1].append(String(field))
        field = .init()
      case "\r" where !isQuoted:
        #expect(scalars.popFirst() == "\n")
        rows[rows.count - 1].append(String(field))
        field = .init()
        rows.append([])
      default: field.append(scalar)
      }
    }
    #expect(rows.last == [])
    return rows.dropLast()
  }

  private func table(_ report: SessionReport) throws -> [[String: String]] {
    let all = rows(ReportFormat.csv.text(report, zone: ReportClock.utc) { _ in nil })
    let header = try #require(all.first)
    #expect(Set(header).count == header.count)
    return all.dropFirst().map { row in
      #expect(row.count == header.count)
      return Dictionary(uniqueKeysWithValues: zip(header, row)).filter { !$0.value.isEmpty }
    }
  }

  /// What a newer version wrote is mentioned, in every format.
  @Test func whatIsNotKnownIsSaid() throws {
    var exam = HandWrittenExam.rich
    for _ in 0..<2 {
      exam.events.append(
        JournalEvent(
          at: HandWrittenExam.at(1), session: HandWrittenExam.code, kindName: "screen_<shared>", format: 1,
          participant: nil, name: nil, fields: [:], payload: { _ in nil }))
    }
    let lines = try table(exam.report()).filter { $0["record"] == "unknown" }
    #expect(
      lines.map { $0["kind"] } == ["screen_<shared>"] && lines[0]["detail"] == "2 events of a newer version")
    #expect(exam.page().contains("screen_&lt;shared&gt;"))
    #expect(!HandWrittenExam.rich.page().contains("newer version"))
    #expect(ReportJSON.Head(exam.report()).session.unknown_events == ["screen_<shared>": 2])
  }

  @Test func everythingHasALine() throws {
    let table = try table(HandWrittenExam.rich.report())
    let counts = Dictionary(table.map { ($0["record"] ?? "", 1) }, uniquingKeysWith: +)
    #expect(
      counts == [
        "session": 1, "total": 2, "joined": 2, "connection": 3, "alert": 2, "blind_spot": 3, "pause": 2,
        "accommodation": 1,
      ])
    #expect(
      table.first { $0["alert_id"] == "a1" } == [
        "session": "482913", "student_id": "p2", "student": "Ada Lovelace", "record": "alert",
        "kind": "looking_away", "severity": "medium", "state": "cleared", "from": "2025-11-24T08:30:00.000Z",
        "until": "2025-11-24T08:30:30.000Z", "seconds": "30", "confidence": "0.9", "window": "5",
        "share": "0.8",
        "limit": "30", "baseline": "-12", "cooldown": "30", "repeats": "2", "alert_id": "a1",
        "picture": "kept",
        "detail":
          "The head turned by more than 30 degrees from where it usually points for 5 s (90 % of the checks).",
        "by": "Emmy Noether", "note": "Looks at the clock.",
        "student_note": "The clock hangs on the left.",
      ])
    #expect(
      table.first { $0["record"] == "accommodation" } == [
        "session": "482913", "student_id": "p2", "student": "Ada Lovelace", "record": "accommodation",
        "kind": "looking_away", "from": "2025-11-24T08:07:00.000Z", "until": "2025-11-24T09:00:00.000Z",
        "effect": "loosen", "factor": "2", "by": "Alan Turing", "note": "Second sheet to the left",
      ])
    #expect(
      table.first { $0["record"] == "pause" } == [
        "session": "482913", "student_id": "p2", "student": "Ada Lovelace", "record": "pause",
        "from": "2025-11-24T08:20:00.000Z", "until": "2025-11-24T08:24:00.000Z", "seconds": "240",
        "by": "Emmy Noether", "note": "Fire drill",
      ])
    #expect(
      table.filter { $0["record"] == "blind_spot" }.map { $0["kind"] } == [
        "overload", "overload", "key_frame",
      ])
    #expect(
      table.compactMap { $0["record"] == "joined" ? $0["detail"] : nil } == [
        "head 12° to the left, face 31 % of the picture’s height, brightness 112 of 255 (median of 14 checks)"
      ])
    #expect(table[0]["state"] == "ended" && table[0]["until"] == "2025-11-24T09:05:00.000Z")
  }

  @Test func whatSomebodyTypedIsNoFormulaAndNoNewLine() throws {
    let combined = "-1\"\u{308}"
    var exam = HandWrittenExam()
    exam.student("p1", "=HYPERLINK(\"http://x\")")
    exam.alert("a1", of: "p1", .faceMissing, from: 10, until: 11) {
      $0.note = "+1, \"two\"\r\nthree"
      $0.studentNote = "@SUM(A1)"
      $0.acknowledgedBy = combined
    }
    let table = try table(exam.report())
    #expect(table.allSatisfy { $0["student"] == nil || $0["student"] == "'=HYPERLINK(\"http://x\")" })
    let alert = try #require(table.first { $0["record"] == "alert" })
    #expect(alert["note"]?.unicodeScalars.elementsEqual("'+1, \"two\"\r\nthree".unicodeScalars) == true)
    #expect(alert["student_note"] == "'@SUM(A1)")
    #expect(alert["by"] == "'" + combined)
  }

  @Test func whatIsNotOverHasNoEnd() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .faceMissing, from: 10, until: nil)
    let table = try table(exam.report(at: 11))
    #expect(table[0]["state"] == "running")
    #expect(table.allSatisfy { $0["until"] == nil })
    #expect(table.first { $0["record"] == "alert" }?["seconds"] == "60")
  }
}

@Suite struct ReportJSONTests {
  private func json(_ report: SessionReport) -> [UInt8] {
    Array(ReportFormat.json.text(report, zone: ReportClock.utc) { _ in nil }.utf8)
  }

  private struct Students: Decodable { let students: [ReportJSON.Student] }

  private func read(_ bytes: [UInt8]) throws -> (head: ReportJSON.Head, students: [ReportJSON.Student]) {
    (
      try WireJSON.decode(ReportJSON.Head.self, from: bytes),
      try WireJSON.decode(Students.self, from: bytes).students
    )
  }

  @Test func whatIsWrittenCanBeReadAgain() throws {
    let report = HandWrittenExam.rich.report()
    let read = try read(json(report))
    #expect(read.head == ReportJSON.Head(report))
    #expect(read.students == report.students.map { ReportJSON.Student($0) })
    let ada = try #require(read.students.first)
    #expect(ada.name == "Ada Lovelace")
    #expect(ada.present_seconds == 58 * 60)
    #expect(ada.alerts.map(\.record.studentNote) == ["The clock hangs on the left.", nil])
    #expect(ada.alerts[0].record.thresholds.baseline == -12)
    #expect(ada.pauses.map(\.reason) == ["Fire drill"])
    #expect(ada.pauses.map(\.until) == [HandWrittenExam.at(24)])
    #expect(ada.presence.map(\.until) == [HandWrittenExam.at(50), HandWrittenExam.at(65)])
    #expect(read.head.session.teachers == ["Alan Turing", "Emmy Noether"])
    #expect(read.head.totals.by_kind.map(\.alerts) == [1, 1])
  }

  @Test func fieldsAreNamedAsOnTheWire() throws {
    let object = try JSONSerialization.jsonObject(with: Data(json(HandWrittenExam.rich.report())))
    var names: Set<String> = []
    func collect(_ value: Any) {
      if let list = value as? [Any] { for item in list { collect(item) } }
      guard let fields = value as? [String: Any] else { return }
      for (name, item) in fields {
        names.insert(name)
        collect(item)
      }
    }
    collect(object)
    #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z_]+/) != nil })
    #expect(
      names.isSuperset(of: [
        "alert_id", "acknowledged_by", "student_note", "picture_state", "blind_seconds_by_cause",
        "face_height",
        "is_finished", "generated_at", "as_of",
      ]))
  }

  @Test func anUnfinishedSessionSaysSo() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .faceMissing, from: 10, until: nil)
    let read = try read(json(exam.report(at: 12)))
    #expect(!read.head.session.is_finished)
    #expect(read.head.session.until == nil)
    #expect(read.head.as_of == HandWrittenExam.at(12))
    #expect(read.head.totals.open_alerts == 1)
    #expect(read.students[0].presence[0].until == nil)
    #expect(read.students[0].alerts[0].seconds == 120)
  }
}
