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

  @Test func aHintHasALaneOfItsOwnStyle() throws {
    var exam = HandWrittenExam()
    exam.student("p1", "Ada")
    exam.alert("a1", of: "p1", .virtualCamera, from: 10, until: 20)
    let report = exam.report()
    let ada = try #require(report.students.first)
    let timeline = ReportTimeline(
      of: ada, bounds: report.shown, clock: ReportClock(zone: ReportClock.utc, from: report.from))
    #expect(timeline.lanes.last?.name == "Virtual camera")
    #expect(timeline.lanes.last?.bars[0].style == .low)
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
}

/// The night of 26 October 2025 in Berlin, in which the hour from 02:00 comes twice: at 01:00 UTC clocks go from UTC+02:00
/// to UTC+01:00.
@Suite struct ReportOverAChangeOfClocksTests {
  private func minutes(_ day: Int, _ hour: Int, _ minute: Int) -> Double {
    // From the start of the example exam on 24 November, 08:00 UTC.
    Double((day - 24 - 31) * 1440 + (hour - 8) * 60 + minute)
  }

  /// From 23:00 UTC on the day before, two alerts an hour apart that the clock on the wall cannot tell apart.
  private var exam: HandWrittenExam {
    var exam = HandWrittenExam(from: minutes(25, 23, 0))
    exam.student("p1", "Ada", joins: minutes(25, 23, 5))
    exam.alert("a1", of: "p1", .faceMissing, from: minutes(26, 0, 30), until: minutes(26, 0, 40))
    exam.alert("a2", of: "p1", .faceMissing, from: minutes(26, 1, 30), until: minutes(26, 1, 40))
    exam.end(minutes(26, 3, 0))
    return exam
  }

  private func page(zone: String) throws -> String {
    let zone = try #require(ReportClock.zone(named: zone))
    return ReportFormat.html.text(exam.report(at: minutes(26, 3, 0)), zone: zone) { _ in nil }
      .replacing("\u{A0}", with: " ")
  }

  @Test func eachTimeOnThePageHasItsOwnDifference() throws {
    let page = try page(zone: "Europe/Berlin")
    #expect(page.contains("02:30:00 UTC+02:00 – 02:40:00 UTC+02:00"))
    #expect(page.contains("02:30:00 UTC+01:00 – 02:40:00 UTC+01:00"))
    #expect(page.contains("01:05:00 UTC+02:00 – 04:00:00 UTC+01:00"))
    #expect(
      page.contains(
        "times in Europe/Berlin, each with its difference from UTC: clocks there changed on 26 October 2025 from "
          + "UTC+02:00 to UTC+01:00"))
    // All have it, except the ticks, whose order is unambiguous.
    let isBare = page.contains(/\d\d:\d\d:\d\d(?!\d| UTC|, Europe)/)
    #expect(!isBare)
  }

  @Test func whereClocksDoNotChangeItIsSaidOnce() throws {
    for zone in ["Africa/Lagos", "Etc/GMT-1", "UTC"] {
      let page = try page(zone: zone)
      #expect(!page.contains("00 UTC"), "\(zone)")
    }
    #expect(try page(zone: "Africa/Lagos").contains("times in Africa/Lagos (UTC+01:00)"))
  }

  @Test func whatLiesBeyondAChangeSaysSo() throws {
    // The exam is over before the change; an exception lasts until after it.
    var exam = HandWrittenExam(from: minutes(25, 21, 0))
    exam.student("p1", "Ada", joins: minutes(25, 21, 5))
    exam.add(
      minutes(25, 21, 10), .accommodated, "p1",
      .accommodation(
        Accommodation(
          kind: .alert(.pageHidden), effect: .mute, until: HandWrittenExam.at(minutes(26, 1, 30)), reason: "",
          by: "T",
          at: HandWrittenExam.at(minutes(25, 21, 10)))))
    exam.end(minutes(25, 21, 40))
    let zone = try #require(ReportClock.zone(named: "Europe/Berlin"))
    let page = ReportFormat.html.text(exam.report(at: minutes(27, 0, 0)), zone: zone) { _ in nil }
      .replacing("\u{A0}", with: " ")
    #expect(page.contains("from 23:10:00 until 26 Oct 02:30:00 UTC+01:00"))
    #expect(page.contains("times in Europe/Berlin (UTC+02:00)"))
    #expect(page.contains("at 01:00:00, Europe/Berlin (UTC+01:00)"))
  }

  @Test func ticksStayOnTheHourAndSayWhenItComesAgain() throws {
    let clock = { (zone: String, span: ReportSpan) in
      ReportClock(zone: try #require(ReportClock.zone(named: zone)), from: span.from, telling: span)
    }
    let night = ReportSpan(
      from: HandWrittenExam.at(minutes(25, 23, 0)), until: HandWrittenExam.at(minutes(26, 3, 0)))
    #expect(
      ReportTimeline.ticks(night, try clock("Europe/Berlin", night)).map(\.label)
        == ["01:00 UTC+02:00", "02:00", "02:00 UTC+01:00", "03:00", "04:00"])
    let days = ReportSpan(
      from: HandWrittenExam.at(minutes(24, 20, 0)), until: HandWrittenExam.at(minutes(28, 12, 0)))
    #expect(
      ReportTimeline.ticks(days, try clock("Europe/Berlin", days)).map(\.label)
        == ["00:00 UTC+02:00", "00:00", "00:00 UTC+01:00", "00:00"])
    // Half an hour, on 5 April 2026 at 15:00 UTC the day before.
    let april = Double((7 + 31 + 31 + 28 + 31 + 4) * 1440)
    let lordHowe = ReportSpan(
      from: HandWrittenExam.at(april + 5 * 60), until: HandWrittenExam.at(april + 9 * 60))
    let labels = ReportTimeline.ticks(lordHowe, try clock("Australia/Lord_Howe", lordHowe)).map(\.label)
    #expect(labels.allSatisfy { $0.contains(":00") }, "\(labels)")
  }

  @Test func csvHasRFC3339WithTheDifference() throws {
    let berlin = try #require(ReportClock.zone(named: "Europe/Berlin"))
    let csv = ReportFormat.csv.text(exam.report(at: minutes(26, 3, 0)), zone: berlin) { _ in nil }
    #expect(csv.contains("2025-10-26T02:30:00.000+02:00") && csv.contains("2025-10-26T02:30:00.000+01:00"))
    #expect(!csv.contains("Z\""))
    #expect(
      ReportFormat.csv.text(exam.report(at: minutes(26, 3, 0)), zone: ReportClock.utc, picture: { _ in nil })
        .contains("2025-10-26T00:30:00.000Z"))
    let newfoundland = try #require(ReportClock.zone(named: "America/St_Johns"))
    #expect(
      ReportClock(zone: newfoundland, from: HandWrittenExam.start).stamp(HandWrittenExam.start)
        == "2025-11-24T04:30:00.000-03:30")
  }
}

@Suite struct TimeZoneNameTests {
  private static let folder = "/usr/share/zoneinfo"

  /// The complete database as in the package tzdata: each zone, and each alias with its zone.
  private func names() throws -> [(name: String, target: String?)] {
    try String(contentsOfFile: Self.folder + "/tzdata.zi", encoding: .utf8).split(separator: "\n").compactMap
    {
      let words = $0.split(separator: " ").map(String.init)
      switch words.first {
      case "Z": return (words[1], nil)
      case "L": return (words[2], words[1])
      default: return nil
      }
    }
  }

  @Test func everyNameOfTheDatabaseIsAZone() throws {
    let names = try names()
    #expect(names.count > 500)
    for (name, target) in names {
      guard let zone = ReportClock.zone(named: name) else {
        Issue.record("\(name) is no zone")
        continue
      }
      guard let target else { continue }
      let other = try #require(ReportClock.zone(named: target))
      for month in 0..<12 {
        let date = Date(timeIntervalSince1970: 1_735_732_800 + Double(month) * 30 * 86_400)
        #expect(zone.secondsFromGMT(for: date) == other.secondsFromGMT(for: date), "\(name), \(target)")
      }
    }
    let listed = ["zone.tab", "zone1970.tab"].flatMap { table in
      ((try? String(contentsOfFile: "\(Self.folder)/\(table)", encoding: .utf8)) ?? "").split(separator: "\n")
        .filter { !$0.hasPrefix("#") }.map { String($0.split(separator: "\t")[2]) }
    }
    #expect(listed.count > 500)
    #expect(listed.filter { ReportClock.zone(named: $0) == nil } == [])
  }

  @Test(arguments: [
    ("GB", 60), ("EST", -300), ("EST5EDT", -240), ("Japan", 540), ("Zulu", 0), ("CET", 120), ("GMT", 0),
    ("UCT", 0), ("Etc/GMT+5", -300), ("Etc/GMT-14", 840), ("America/Argentina/ComodRivadavia", -180),
    ("Asia/Calcutta", 330), ("Asia/Katmandu", 345), ("Asia/Saigon", 420), ("America/Buenos_Aires", -180),
    ("Pacific/Enderbury", 780), ("Europe/Kiev", 180), ("NZ-CHAT", 765), ("GMT+0", 0), ("W-SU", 180),
  ])
  func oldNamesHaveTheirTime(name: String, minutes: Int) throws {
    let july = Date(timeIntervalSince1970: 1_752_580_800)
    let zone = try #require(ReportClock.zone(named: name))
    #expect(zone.secondsFromGMT(for: july) == minutes * 60)
    let clock = ReportClock(zone: zone, from: HandWrittenExam.start)
    #expect(clock.name == "UTC" || clock.name.hasPrefix("\(name) (UTC"))
  }

  /// Foundation would accept some of these: to it IST is India's, and BST Bangladesh's.
  @Test(arguments: [
    "", "/", "//", "Berlin", "berlin", "europe/berlin", "IST", "BST", "PST", "CEST", "GMT+5", "UTC+03:00",
    "Mars/Olympus", "..", "../etc/passwd", "/etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin",
    "Europe/Berlin/", "/Europe/Berlin", "Europe", "posixrules", "posix/Europe/Berlin", "right/UTC",
    "leapseconds", "localtime", "tzdata.zi", "zone.tab", "Etc/GMT 5", "Etc/Unknown", " UTC", "UTC\u{0}",
    "Europe/Bérlin", String(repeating: "Europe/", count: 20_000),
  ])
  func otherNamesAreNoZones(name: String) {
    #expect(ReportClock.zone(named: name) == nil)
    let advice = ReportClock.advice(insteadOf: name)
    #expect(advice.contains("such as Europe/Berlin") && advice.utf8.count < 300)
  }
}

@Suite struct ReportWordsTests {
  /// Nobody reads the name of a key: whatever an exam has, there are words for it.
  @Test func everyCaseHasWords() {
    let t = TextCatalogue.english
    var keys = AlertKind.allCases.flatMap { kind in
      ["title", "short", "seen"].map { "alert.\(kind.rawValue).\($0)" }
    }
    keys += CameraProgram.allCases.filter { $0 != .noProgram }.map { "program.\($0.rawValue)" }
    keys += AlertKind.allCases.filter { $0.row.measure != nil }.map { "report.limit.\($0.rawValue)" }
    keys += BlindSpot.Cause.allCases.map { "report.cause.\($0.rawValue)" }
    keys += Dismissal.Cause.allCases.map { "report.removal.\($0.rawValue)" }
    keys += PictureState.allCases.filter { $0 != .kept }.map { "report.picture.\($0.rawValue)" }
    keys += Accommodation.Effect.allCases.filter { $0 != .grant }.map { "report.effect.\($0.rawValue)" }
    keys += Grant.allCases.flatMap { grant in
      ["title", grant.amounts == nil ? "granted" : "granted_other"].map { "grant.\(grant.rawValue).\($0)" }
    }
    keys += [AlertSeverity.high, .medium, .low].map { "report.severity.\($0.rawValue)" }
    keys += (1...12).flatMap { ["report.month.\($0)", "report.monthShort.\($0)"] }
    keys += ["presence", "high", "medium", "low", "blind", "pause", "open"].map { "report.legend.\($0)" }
    #expect(keys.filter { t($0) == $0 } == [])
    for page in [HandWrittenExam.rich.page(), HandWrittenExam().page()] {
      #expect(!page.contains(/report\.[a-z]/) && !page.contains("{{"))
    }
  }

  @Test func whatIsPutInIsNeverReadAsWords() {
    let t = TextCatalogue.english
    #expect(t("report.legend.nothing") == "report.legend.nothing")
    #expect(t("report.ending.teacher", ["name": "{{name}}"]) == "ended by {{name}}")
    #expect(t("report.ending.teacher") == "ended by name")
    #expect([0, 1, 2].map { t("report.student.alerts", count: $0) } == ["0 alerts", "1 alert", "2 alerts"])
    #expect(t.html("report.ending.teacher", ["name": "<b>\("<i>")</b>"]).text == "ended by <b>&lt;i&gt;</b>")
    #expect(t.html("report.effect.mute", ["kind": .typed("&")]).text == "“<bdi>&amp;</bdi>” raises no alert")
  }

  @Test(arguments: [
    (0.0, "0 s"), (2.44, "2.4 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (200, "3 min 20 s"),
    (3600, "1 h"), (7170, "2 h"), (7140, "1 h 59 min"),
  ])
  func durations(seconds: Double, words: String) {
    #expect(TextCatalogue.english.duration(seconds).replacing("\u{A0}", with: " ") == words)
  }

  @Test func thresholdsAreSaidWhole() {
    let words = TextCatalogue.english.thresholds(
      AlertThresholds(window: 10, share: 0.8, limit: 60, baseline: -12, cooldown: 30), of: .lookingAway)
    #expect(
      words.replacing("\u{A0}", with: " ")
        == "Confirmed after 10 s in which 80 % of looks agree; head turned more than 60° from this student’s usual "
        + "12° to the left. What comes back within 30 s counts as the same alert.")
    let atOnce = AlertThresholds(window: 0, share: 1, limit: nil, baseline: nil, cooldown: 0)
    #expect(
      TextCatalogue.english.thresholds(atOnce, of: .cameraOff).hasPrefix("Confirmed at the first look. "))
  }
}
