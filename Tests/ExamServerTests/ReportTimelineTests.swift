import ExamModel
import Foundation
import Testing

@testable import ExamServer

@Suite struct ReportTimelineTests {
  private func span(_ from: Double, _ until: Double, isOpen: Bool = false) -> ReportSpan {
    ReportSpan(from: HandWrittenExam.at(from), until: HandWrittenExam.at(until), isOpen: isOpen)
  }

  @Test(arguments: [
    (0.0, 100.0, 0.0, 100.0), (25, 50, 25, 25), (-50, 10, 0, 10), (90, 300, 90, 10), (-5, 500, 0, 100),
    (30, 30, 30, 0),
  ])
  func spansAreClippedToWhatIsShown(from: Double, until: Double, x: Double, width: Double) throws {
    let extent = try #require(ReportTimeline.extent(of: span(from, until), in: span(0, 100)))
    #expect(abs(extent.x - x) < 0.001)
    #expect(abs(extent.width - width) < 0.001)
  }

  @Test func whatLiesOutsideIsNotShown() {
    #expect(ReportTimeline.extent(of: span(-20, -1), in: span(0, 100)) == nil)
    #expect(ReportTimeline.extent(of: span(101, 102), in: span(0, 100)) == nil)
    // A session without length must not divide by it.
    let point = ReportTimeline.extent(of: span(5, 5), in: span(5, 5))
    #expect(point?.x == 0 && point?.width == 0)
  }

  @Test func theTimeWithoutStudentsIsNotShown() {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada", joins: 600)
    exam.alert("a1", of: "p1", .videoStopped, from: 700, until: nil)
    exam.add(700, .disconnected, "p1")
    exam.end(1400)
    let shown = exam.report(at: 2000).shown
    #expect(shown.from == HandWrittenExam.at(600))
    #expect(shown.until == HandWrittenExam.at(700))
    #expect(HandWrittenExam().report(at: 10).shown == span(0, 10, isOpen: true))
  }

  @Test func eachKindHasALane() throws {
    let report = HandWrittenExam.rich.report()
    let ada = try #require(report.students.first)
    let timeline = ReportTimeline(
      of: ada, bounds: report.shown, clock: ReportClock(zone: ReportClock.utc, from: report.from))
    #expect(
      timeline.lanes.map(\.name) == ["Connected", "Paused", "Not watched", "No face", "Looking away"])
    #expect(timeline.lanes.map(\.bars.count) == [2, 1, 3, 1, 1])
    #expect(timeline.lanes.map(\.bars[0].style) == [.presence, .pause, .blind, .high, .medium])
    // 08:05 to 09:05 is shown; the pause began at 08:20.
    #expect(abs(timeline.lanes[1].bars[0].x - 25) < 0.01)
    #expect(abs(timeline.lanes[1].bars[0].width - 100 * 4 / 60) < 0.01)
    #expect(timeline.ticks.map(\.label) == ["08:10", "08:20", "08:30", "08:40", "08:50", "09:00"])
    #expect(timeline.description.contains("Looking away, 08:30:00 to 08:30:30"))
  }

  @Test func openBarsReachTheEdgeAndAreMarked() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .faceMissing, from: 55, until: nil)
    let report = exam.report(at: 105)
    let timeline = ReportTimeline(
      of: report.students[0], bounds: report.shown,
      clock: ReportClock(zone: ReportClock.utc, from: report.from))
    for lane in timeline.lanes {
      let bar = try #require(lane.bars.first)
      #expect(bar.isOpen)
      #expect(abs(bar.x + bar.width - 100) < 0.001)
    }
    #expect(timeline.drawing(title: "T", id: 1).text.contains("class=\"high open\" x=\"50%\""))
  }

  @Test(arguments: [0.5, 3, 45, 60, 125, 600, 3000, 20_000])
  func ticksAreFewAndWithin(minutes: Double) {
    let bounds = span(3.3, 3.3 + minutes)
    let ticks = ReportTimeline.ticks(bounds, ReportClock(zone: ReportClock.utc, from: bounds.from))
    #expect((2...7).contains(ticks.count))
    #expect(ticks.allSatisfy { (0...100).contains($0.x) })
  }
}

@Suite struct ReportClockTests {
  private let time = HandWrittenExam.at(100.5)

  @Test func timesAreThoseOfTheZone() throws {
    let utc = ReportClock(zone: ReportClock.utc, from: HandWrittenExam.start)
    #expect(utc.time(time) == "09:40:30")
    #expect(utc.date(time) == "24 November 2025")
    #expect(utc.offset(at: time) == "UTC")
    let berlin = ReportClock(
      zone: try #require(ReportClock.zone(named: "Europe/Berlin")), from: HandWrittenExam.start)
    #expect(berlin.time(time) == "10:40:30")
    #expect(berlin.offset(at: time) == "Europe/Berlin (UTC+01:00)")
    let summer = Timestamp(microseconds: HandWrittenExam.start.microseconds - 150 * 86_400_000_000)
    #expect(berlin.offset(at: summer) == "Europe/Berlin (UTC+02:00)")
    let newfoundland = ReportClock(
      zone: try #require(ReportClock.zone(named: "America/St_Johns")), from: HandWrittenExam.start)
    #expect(newfoundland.offset(at: time) == "America/St_Johns (UTC−03:30)")
  }

  @Test func anotherDayIsSaid() throws {
    let clock = ReportClock(zone: ReportClock.utc, from: HandWrittenExam.start)
    #expect(clock.time(HandWrittenExam.at(16 * 60)) == "25 Nov 00:00:00")
    #expect(clock.time(HandWrittenExam.at(16 * 60 - 0.5)) == "23:59:30")
    let auckland = ReportClock(
      zone: try #require(ReportClock.zone(named: "Pacific/Auckland")), from: HandWrittenExam.start)
    #expect(auckland.time(HandWrittenExam.at(5 * 60)) == "25 Nov 02:00:00")
  }

  @Test(arguments: [
    (0, "1 January 1970"), (951_782_400, "29 February 2000"), (1_709_164_800, "29 February 2024"),
    (1_767_225_599, "31 December 2025"), (4_107_542_400, "1 March 2100"),
  ])
  func datesAreThoseOfTheCalendar(seconds: Int64, date: String) {
    let clock = ReportClock(zone: ReportClock.utc, from: HandWrittenExam.start)
    #expect(clock.date(Timestamp(microseconds: seconds * 1_000_000)) == date)
  }

  @Test(arguments: [
    "", "EST", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe/../Berlin", "Berlin",
  ])
  func otherNamesAreNoZones(name: String) {
    #expect(ReportClock.zone(named: name) == nil)
  }
}

@Suite struct ReportWordsTests {
  @Test(arguments: [
    (0.0, "0 s"), (2.44, "2.4 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (200, "3 min 20 s"),
    (3600, "1 h"), (7170, "2 h"), (7140, "1 h 59 min"),
  ])
  func durations(seconds: Double, words: String) {
    #expect(ReportWords.duration(seconds).replacing("\u{A0}", with: " ") == words)
  }

  @Test func thresholdsAreSaidWhole() {
    let words = ReportWords.thresholds(
      AlertThresholds(window: 10, share: 0.8, limit: 60, baseline: -12, cooldown: 30), of: .lookingAway)
    #expect(
      words.replacing("\u{A0}", with: " ")
        == "Confirmed after 10 s in which 80 % of looks agree; head turned more than 60° from this student’s usual "
        + "12° to the left. What comes back within 30 s counts as the same alert.")
    let atOnce = AlertThresholds(window: 0, share: 1, limit: nil, baseline: nil, cooldown: 0)
    #expect(ReportWords.thresholds(atOnce, of: .cameraOff).hasPrefix("Confirmed at the first look. "))
  }
}
