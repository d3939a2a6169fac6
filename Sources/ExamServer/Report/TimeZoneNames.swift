import Foundation

/// The names of time zones: those of the IANA time zone database, including old ones. Its rules come with Foundation,
/// so nothing has to be installed for them.
extension ReportClock {
  static let utc = TimeZone(secondsFromGMT: 0)!

  /// The database's longest name has 32 characters.
  private static let maximumLength = 64

  /// Names without a region. Foundation also accepts others, which mean several zones, such as BST. New names always
  /// have a region.
  private static let withoutRegion: Set<String> = [
    "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "Factory", "GB", "GB-Eire", "GMT",
    "GMT+0",
    "GMT-0", "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan",
    "Kwajalein",
    "Libya", "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal",
    "ROC", "ROK",
    "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
  ]

  /// The zone with this name, such as `Europe/Berlin`, `Etc/GMT+5`, `GB` or `UTC`; `nil` if the database has none.
  static func zone(named name: String) -> TimeZone? {
    guard name.utf8.count <= maximumLength, name.utf8.allSatisfy(isOfAName) else { return nil }
    guard name.contains("/") || withoutRegion.contains(name) else { return nil }
    return name == "UTC" ? utc : TimeZone(identifier: name)
  }

  private static func isOfAName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// What to use instead of `name`, if it is unknown.
  static func advice(insteadOf name: String) -> String {
    """
    there is no time zone “\(name.prefix(40))”; use a name of the IANA time zone database, such as Europe/Berlin, \
    Etc/GMT+5 or UTC (the name of a city alone, and abbreviations that mean several zones, are none)
    """
  }
}
