import ExamModel
import Testing

@testable import ExamServer

@Suite struct SessionReportTests {
  private let report = HandWrittenExam.rich.report()

  @Test func theSessionIsToldByItsJournal() {
    #expect(report.code == HandWrittenExam.code)
    #expect(report.title == "Analysis I")
    #expect(report.from == HandWrittenExam.at(0))
    #expect(report.until == HandWrittenExam.at(65))
    #expect(report.isFinished)
    #expect(report.teachers == ["Alan Turing", "Emmy Noether"])
    #expect(report.chatMessages == 3)
    #expect(report.alerts.count == 2)
    #expect(report.alerts.countsByKind.map(\.kind) == [.faceMissing, .lookingAway])
    #expect(report.openAlerts == 0)
  }

  @Test func aStudentsTimesAddUp() throws {
    let ada = try #require(report.students.first { $0.name == "Ada Lovelace" })
    #expect(ada.joinedAt == HandWrittenExam.at(5))
    #expect(ada.presence.map(\.seconds) == [45 * 60, 13 * 60])
    #expect(ada.presentSeconds == 58 * 60)
    #expect(ada.blindSeconds == 96)
    #expect(ada.blindSecondsByCause.map(\.cause) == [.overload, .keyFrame])
    #expect(ada.blindSecondsByCause.map(\.seconds) == [90, 6])
    #expect(ada.pausedSeconds == 240)
    #expect(ada.pauses.map(\.pause.reason) == ["Fire drill"])
    #expect(ada.accommodations.map(\.reason) == ["Second sheet to the left"])
    #expect(ada.baseline?.yaw == -12)
    #expect(ada.chatWritten == 1)
    #expect(ada.chatReceived == 1)
    #expect(ada.alerts.map(\.id.rawValue) == ["a1", "a2"])
    #expect(ada.alerts.map(\.span.seconds) == [30, 15])
    #expect(ada.alerts[0].record.note == "Looks at the clock.")
    #expect(ada.alerts[0].record.studentNote == "The clock hangs on the left.")
  }

  @Test func studentsAreSortedAsPeopleSortThem() {
    var exam = HandWrittenExam()
    exam.student("q2", "Gauß")
    for (index, name) in ["Zoë", "émile", "Frank", "Ada", "ada"].enumerated() {
      exam.student("p\(index)", name, joins: Double(5 + index))
    }
    exam.student("q1", "Gauß")
    let students = exam.report().students
    #expect(students.map(\.name) == ["Ada", "ada", "émile", "Frank", "Gauß", "Gauß", "Zoë"])
    #expect(students.map(\.id.rawValue) == ["p3", "p4", "p1", "p2", "q1", "q2", "p0"])
    #expect(students.map(\.isNameShared) == [true, true, false, false, true, true, false])
  }

  @Test func whatIsNotOverEndsWithTheReport() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.add(20, .paused, "p1", .pause(Pause(reason: "", by: "T", at: HandWrittenExam.at(20))))
    exam.alert("a1", of: "p1", .faceMissing, from: 25, until: nil)
    let report = exam.report(at: 30)
    #expect(!report.isFinished)
    #expect(report.until == HandWrittenExam.at(30))
    let ada = try #require(report.students.first)
    for span in ada.presence + ada.pauses.map(\.span) + ada.alerts.map(\.span) {
      #expect(span.isOpen)
      #expect(span.until == HandWrittenExam.at(30))
    }
    #expect(report.openAlerts == 1)
  }

  @Test func afterACrashNobodyIsSaidToHaveBeenThere() {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    let report = exam.report(at: 5000, lastAlive: 30)
    #expect(report.until == HandWrittenExam.at(30))
    #expect(report.students[0].presentSeconds == 25 * 60)
    // The last event is a sign of life, too.
    #expect(exam.report(at: 5000, lastAlive: 1).until == HandWrittenExam.at(5))
    // Nothing from the future is reported, whatever clocks say.
    #expect(exam.report(at: 20, lastAlive: 30).until == HandWrittenExam.at(20))
  }

  @Test func connectionsAtOnceCountOnce() {
    let spans = [(0.0, 10.0), (5, 12), (6, 7), (20, 21)].map {
      ReportSpan(from: HandWrittenExam.at($0.0), until: HandWrittenExam.at($0.1))
    }
    #expect(spans.totalSeconds == 13 * 60)
    #expect([ReportSpan]().totalSeconds == 0)
    #expect(ReportSpan(from: HandWrittenExam.at(5), until: HandWrittenExam.at(4)).seconds == 0)
  }

  @Test func alertsOfSomebodyUnknownAreNotLost() throws {
    var exam = HandWrittenExam()
    exam.alert("a1", of: "p9", .cameraOff, from: 10, until: 11)
    let student = try #require(exam.report().students.first)
    #expect(student.name == "p9")
    #expect(student.alerts.map(\.id.rawValue) == ["a1"])
    #expect(exam.page().contains("Unknown participant p9"))
  }

  @Test func theUrgentComesFirst() {
    var exam = HandWrittenExam()
    exam.student("p1", "Anna")
    exam.student("p2", "Bert")
    exam.student("p3", "Cleo")
    exam.student("p4", "Dora", connects: false)
    exam.student("p5", "Emil")
    exam.alert("a1", of: "p2", .faceMissing, from: 10, until: 11)
    exam.alert("a2", of: "p3", .lookingAway, from: 10, until: nil)
    // Medium and ended, or acknowledged: nothing that is urgent.
    exam.alert("a3", of: "p1", .lookingAway, from: 10, until: 11)
    exam.alert("a4", of: "p1", .faceMissing, from: 10, until: 11) { $0.acknowledgedBy = "T" }
    exam.add(
      40, .blindSpot, "p5",
      .blindSpot(BlindSpot(from: HandWrittenExam.at(10), until: HandWrittenExam.at(40), cause: .pipeline)))
    let attention = exam.report(at: 60).attention(.english)
    #expect(attention.map(\.student.name) == ["Cleo", "Bert", "Dora", "Emil"])
    #expect(attention[0].reasons == ["1 alert open"])
    #expect(attention[2].reasons == ["joined and never connected"])
  }

  @Test func missingAndBrokenPicturesAreNoted() {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    for (index, id) in ["good", "gone", "broken", "odd"].enumerated() {
      exam.alert(
        id, of: "p1", .faceMissing, from: Double(10 + index), until: Double(11 + index), picture: true)
    }
    exam.alert("none", of: "p1", .pageHidden, from: 20, until: 21)
    var report = exam.report()
    let store = StubStore(pictures: ["good": HandWrittenExam.jpeg, "odd": [1, 2, 3, 4, 5, 6]])
    report.checkPictures { try store.keptPicture(of: $0, in: HandWrittenExam.code) }
    #expect(
      report.students[0].alerts.map(\.picture) == [.kept, .missing, .unreadable, .unreadable, .notTaken])
    #expect(report.pictureProblems.map(\.alert.rawValue) == ["gone", "broken", "odd"])
    #expect(
      report.pictureProblems.map(\.reason) == [nil, "the disk says no", "the file holds no JPEG (6 bytes)"])
    #expect(report.pictureProblems[0].description.contains("gone"))
  }
}
