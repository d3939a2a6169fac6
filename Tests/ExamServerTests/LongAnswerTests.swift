import ExamModel
import Foundation
import Testing
import WebGateway

@testable import ExamServer

/// Long answers are produced in small pieces, and only a few at once.
@Suite struct LongAnswerTests {
  private func student(_ number: Int) -> ParticipantID { ParticipantID(rawValue: "s\(number)") }

  /// The code of the refusal, if it is one.
  private func refusal(_ enter: () throws -> LongAnswers.Place) -> String? {
    do {
      _ = try enter()
      return nil
    } catch {
      guard let refusal = error as? Refusal, case .bytes(let document) = refusal.response.body else {
        return nil
      }
      return (try? JSONSerialization.jsonObject(with: Data(document)) as? [String: Any])?["code"] as? String
    }
  }

  @Test func aReaderHasFewAndTheyAreGivenBack() throws {
    let answers = LongAnswers()
    let code = HandWrittenExam.code
    var one: LongAnswers.Place? = try answers.enter(student(1), role: .student, of: code)
    #expect(refusal { try answers.enter(student(1), role: .student, of: code) } == "answer_pending")
    #expect(one != nil)
    one = nil
    let again = try answers.enter(student(1), role: .student, of: code)
    let teacher = try (0..<3).map { _ in
      try answers.enter(ParticipantID(rawValue: "t"), role: .teacher, of: code)
    }
    #expect(
      refusal { try answers.enter(ParticipantID(rawValue: "t"), role: .teacher, of: code) }
        == "answer_pending")
    withExtendedLifetime((again, teacher)) {}
  }

  @Test func studentsLeaveRoomForTeachersAndAllAreBounded() throws {
    let answers = LongAnswers()
    let code = HandWrittenExam.code
    var places = try (0..<LongAnswers.maximumOfStudents).map {
      try answers.enter(student($0), role: .student, of: code)
    }
    #expect(refusal { try answers.enter(student(99), role: .student, of: code) } == "busy")
    while places.count < LongAnswers.maximum {
      places.append(
        try answers.enter(ParticipantID(rawValue: "t\(places.count)"), role: .teacher, of: code))
    }
    #expect(refusal { try answers.enter(ParticipantID(rawValue: "t"), role: .teacher, of: code) } == "busy")
    places.removeAll()
    _ = try answers.enter(student(99), role: .student, of: code)
  }

  /// One student with hundreds of pictures, and many students.
  @Test(arguments: ReportFormat.allCases)
  func aReportComesInSmallPieces(_ format: ReportFormat) throws {
    var exam = HandWrittenExam()
    let jpeg = HandWrittenExam.jpeg + Array(repeating: UInt8(7), count: 60_000)
    var pictures: [String: [UInt8]] = [:]
    for number in 0..<150 {
      exam.student("p\(number)", "Student \(number)")
      exam.alert("b\(number)", of: "p\(number)", .pageHidden, from: 6, until: 7)
      exam.judge("b\(number)", .right, at: 8)
    }
    for number in 0..<60 {
      let from = 10 + Double(number) / 4
      exam.alert("a\(number)", of: "p1", .faceMissing, from: from, until: from + 0.1, picture: true)
      for _ in 0..<5 { exam.judge("a\(number)", .wrong, at: 50) }
      pictures["a\(number)"] = jpeg
    }
    exam.end(60)
    let store = StubStore([exam], pictures: pictures)
    var document = ReportDocument(
      of: HandWrittenExam.code, as: format, zone: ReportClock.utc, look: .english
    ) {
      Issue.record("\($0)")
    }
    var whole: [UInt8] = []
    var goesOn = true
    var longest = 0
    while goesOn {
      var piece: [UInt8] = []
      goesOn = try document.write(to: &piece, from: store)
      longest = max(longest, piece.count)
      whole += piece
    }
    #expect(longest < 200_000)
    let text = String(decoding: whole, as: UTF8.self)
    #expect(text.contains("Student 149") == (format != .verdicts))
    if format == .verdicts { #expect(text.split(separator: "\n").count == 150 + 60) }
    if format == .html {
      #expect(text.components(separatedBy: "data:image/jpeg;base64,").count == 61)
      #expect(
        text.components(separatedBy: "<section").count == text.components(separatedBy: "</section>").count)
      #expect(text.components(separatedBy: "<table").count == text.components(separatedBy: "</table>").count)
      #expect(text.hasSuffix("</html>\n"))
    }
  }

  /// Whether a file is a picture is determined by its beginning: nothing reads all pictures of an exam for that.
  @Test func noPictureIsReadBeforeItsTurn() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .faceMissing, from: 10, until: 11, picture: true)
    // Reading it throws; looking at its metadata would claim that it is there.
    let store = StubStore([exam], pictures: ["a1": HandWrittenExam.jpeg], readsPictures: false)
    let report = try #require(
      try SessionReport.read(HandWrittenExam.code, from: store, at: HandWrittenExam.at(20)))
    #expect(report.pictureProblems.isEmpty)
  }
}
