import ExamModel
import Foundation

/// Says times for readers: as a clock on the wall showed them, with the day where it is not that of the session.
struct ReportClock: Sendable {
  typealias Zone = TimeZone

  let zone: TimeZone
  private let day: Int64

  /// - Parameter start: whose day goes without saying.
  init(zone: TimeZone, from start: Timestamp) {
    self.zone = zone
    day = Self.wall(start, zone) / 86_400
  }

  static let utc = TimeZone(secondsFromGMT: 0)!

  /// The zone of this name, such as `Europe/Berlin`, or `UTC`; `nil` for any other.
  static func zone(named name: String) -> TimeZone? {
    if name == "UTC" { return utc }
    // Other abbreviations mean several zones, and a path is none of ours to open.
    guard name.contains("/"), !name.contains(".."), !name.hasPrefix("/") else { return nil }
    return TimeZone(identifier: name)
  }

  /// `09:41:03`, or `25 Nov 09:41:03` on another day.
  func time(_ time: Timestamp) -> String {
    let wall = Self.wall(time, zone)
    let clock = Self.clock(wall % 86_400, seconds: true)
    return wall / 86_400 == day ? clock : "\(shortDay(wall / 86_400)) \(clock)"
  }

  /// `09:41`.
  func minute(_ time: Timestamp) -> String { Self.clock(Self.wall(time, zone) % 86_400, seconds: false) }

  /// `24 November 2025`.
  func date(_ time: Timestamp) -> String {
    let (year, month, day) = Self.civil(Self.wall(time, zone) / 86_400)
    return "\(day) \(Self.months[month - 1]) \(year)"
  }

  /// `UTC`, or `Europe/Berlin (UTC+01:00)`.
  func offset(at time: Timestamp) -> String {
    let minutes = zone.secondsFromGMT(for: Self.date(time)) / 60
    guard minutes != 0 || zone != Self.utc else { return "UTC" }
    let sign = minutes < 0 ? "−" : "+"
    let offset = "UTC\(sign)\(Self.two(Int64(abs(minutes) / 60))):\(Self.two(Int64(abs(minutes) % 60)))"
    return zone.identifier.contains("/") ? "\(zone.identifier) (\(offset))" : offset
  }

  /// Seconds of the wall's clock from `time` back to the last whole `step` of it.
  func secondsPastWhole(_ step: Int64, at time: Timestamp) -> Int64 { Self.wall(time, zone) % step }

  private func shortDay(_ days: Int64) -> String {
    let (_, month, day) = Self.civil(days)
    return "\(day) \(Self.months[month - 1].prefix(3))"
  }

  // MARK: Arithmetic

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]

  private static func date(_ time: Timestamp) -> Date {
    Date(timeIntervalSince1970: Double(time.microseconds) / 1_000_000)
  }

  /// Seconds since the epoch as if the zone's clock were UTC's. Sessions before 1970 do not occur.
  private static func wall(_ time: Timestamp, _ zone: TimeZone) -> Int64 {
    max(0, time.microseconds / 1_000_000 + Int64(zone.secondsFromGMT(for: date(time))))
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func clock(_ second: Int64, seconds: Bool) -> String {
    let minute = "\(two(second / 3600)):\(two(second / 60 % 60))"
    return seconds ? "\(minute):\(two(second % 60))" : minute
  }

  /// Year, month and day so many days after 1 January 1970.
  private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    // Counted from 1 March 0000, so that a leap day is the last of its year.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month),
      Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    )
  }
}
