import ExamModel
import Foundation

/// Formats times for readers: local time, with the day if it is not that of the session, and with the offset from UTC
/// if the clocks were changed in the period of the report, since an hour of that night occurred twice.
struct ReportClock: Sendable {
  typealias Zone = TimeZone

  /// Local clocks go forward or back.
  struct Change: Sendable, Hashable {
    let at: Timestamp
    /// Seconds ahead of UTC, before and from then on.
    let before: Int
    let after: Int
  }

  let zone: TimeZone
  let words: TextCatalogue
  /// Within the period of the report. A session of years would have more; each time gives its own offset all the same.
  let changes: [Change]
  private static let maximumChanges = 4
  private let day: Int64
  /// The offset from UTC, in seconds, that is not mentioned unless the clocks change.
  private let usualOffset: Int
  private let start: Timestamp

  /// - Parameters:
  ///   - start: its day is not mentioned.
  ///   - span: the period of the report; `nil` for `start` alone.
  init(
    zone: TimeZone, from start: Timestamp, telling span: ReportSpan? = nil, words: TextCatalogue
  ) {
    self.zone = zone
    self.words = words
    day = Self.wall(start, zone) / 86_400
    self.start = span?.from ?? start
    usualOffset = Self.offset(self.start, zone)
    changes = span.map { Self.changes(in: $0, of: zone) } ?? []
  }

  private static func changes(in span: ReportSpan, of zone: TimeZone) -> [Change] {
    var changes: [Change] = []
    var date = Self.date(span.from)
    while changes.count < maximumChanges, let next = zone.nextDaylightSavingTimeTransition(after: date),
      next > date, next <= Self.date(span.until)
    {
      date = next
      let change = Change(
        at: Timestamp(microseconds: Int64(next.timeIntervalSince1970) * 1_000_000),
        before: zone.secondsFromGMT(for: next.addingTimeInterval(-1)),
        after: zone.secondsFromGMT(for: next))
      // Some change only the name of their time.
      if change.before != change.after { changes.append(change) }
    }
    return changes
  }

  /// `09:41:03`, or `25 Nov 09:41:03` on another day, or `02:30:00 UTC+01:00` if clocks change or differ from usual.
  func time(_ time: Timestamp) -> String {
    let wall = Self.wall(time, zone)
    let day = wall / 86_400
    let offset = Self.offset(time, zone)
    let clock = Self.clock(wall % 86_400, seconds: true)
    return (day == self.day ? clock : shortDate(time, clock))
      + (changes.isEmpty && offset == usualOffset ? "" : "\u{A0}\(Self.difference(ofOffset: offset))")
  }

  /// `09:41`.
  func minute(_ time: Timestamp) -> String { Self.clock(Self.wall(time, zone) % 86_400, seconds: false) }

  /// `24 November 2025`.
  func date(_ time: Timestamp) -> String {
    let date = date(of: time)
    return words(
      "report.date", ["day": date.day, "month": words("report.month.\(date.month)"), "year": date.year])
  }

  /// `UTC`, or `Europe/Berlin (UTC+01:00)`.
  func offset(at time: Timestamp) -> String {
    guard zone != Self.utc else { return "UTC" }
    return words("report.clocks.zone", ["zone": zone.identifier, "difference": difference(at: time)])
  }

  /// `UTC+01:00`.
  func difference(at time: Timestamp) -> String { Self.difference(ofOffset: Self.offset(time, zone)) }

  /// The zone of all times, and any changes of its clocks.
  var name: String {
    guard !changes.isEmpty else { return offset(at: start) }
    let told = changes.map {
      words(
        "report.clocks.change",
        [
          "date": date($0.at), "before": Self.difference(ofOffset: $0.before),
          "after": Self.difference(ofOffset: $0.after),
        ])
    }
    return words(
      "report.clocks.changed",
      ["zone": zone.identifier, "changes": words.listed(told, by: "report.clocks.and")])
  }

  /// For programs: RFC 3339 with milliseconds, `Z` in UTC, else the offset from it.
  func stamp(_ time: Timestamp) -> String {
    guard zone != Self.utc else { return time.description }
    let offset = Self.offset(time, zone)
    let shifted = Timestamp(microseconds: time.microseconds + Int64(offset) * 1_000_000)
    return shifted.description.dropLast() + Self.digits(ofOffset: offset, minus: "-")
  }

  /// Seconds of local time from `time` back to its last whole `step`.
  func secondsPastWhole(_ step: Int64, at time: Timestamp) -> Int64 { Self.wall(time, zone) % step }

  private func shortDate(_ time: Timestamp, _ clock: String) -> String {
    let date = date(of: time)
    return words(
      "report.shortDate", ["day": date.day, "month": words("report.monthShort.\(date.month)"), "time": clock])
  }

  private func date(of time: Timestamp) -> (day: String, month: String, year: String) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let parts = calendar.dateComponents([.day, .month, .year], from: Self.date(time))
    return ("\(parts.day ?? 0)", "\(parts.month ?? 0)", "\(parts.year ?? 0)")
  }

  // MARK: Arithmetic

  private static func date(_ time: Timestamp) -> Date {
    Date(timeIntervalSince1970: Double(time.microseconds) / 1_000_000)
  }

  private static func offset(_ time: Timestamp, _ zone: TimeZone) -> Int {
    zone.secondsFromGMT(for: date(time))
  }

  private static func difference(ofOffset seconds: Int) -> String {
    "UTC\(digits(ofOffset: seconds, minus: "−"))"
  }

  private static func digits(ofOffset seconds: Int, minus: String) -> String {
    let minutes = Int64(abs(seconds) / 60)
    return "\(seconds < 0 ? minus : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  /// Seconds since the epoch as if the zone's clock were UTC's. Sessions before 1970 do not occur.
  private static func wall(_ time: Timestamp, _ zone: TimeZone) -> Int64 {
    max(0, time.microseconds / 1_000_000 + Int64(offset(time, zone)))
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func clock(_ second: Int64, seconds: Bool) -> String {
    let minute = "\(two(second / 3600)):\(two(second / 60 % 60))"
    return seconds ? "\(minute):\(two(second % 60))" : minute
  }
}
