/// Detects runs of combining marks, such as accents stacked above one another.
///
/// Swift compares and hashes strings by their canonical form, and for that sorts the marks of each run: the time grows
/// with the square of the run's length (2 s for 32,000 marks). So input from strangers is checked before any of it
/// becomes a dictionary key, is compared or normalised.
public enum CombiningMarks {
  /// No language needs more than a few in a row; the stream-safe form of Unicode (UAX #15) allows 30, and text
  /// decorated for fun may have a few dozen.
  public static let longestRun = 128

  /// - Parameter escaped: the text is JSON, in which marks may be written as `\u0301`.
  public static func runTooLong(in text: String, escaped: Bool = false) -> Bool {
    var run = 0
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      let seen = escaped && scalar == "\\" ? unescaped(&scalars) : scalar
      // Half of a surrogate pair, both halves of which are escaped.
      guard let seen else { continue }
      // The first mark is U+0300.
      run = seen.value >= 0x300 && seen.properties.canonicalCombiningClass != .notReordered ? run + 1 : 0
      if run > longestRun { return true }
    }
    return false
  }

  /// What follows a backslash: a character of its own, or `u` and four hexadecimal digits. Both halves of a pair are
  /// taken together.
  ///
  /// - Returns: `nil` for what is not a character.
  private static func unescaped(_ scalars: inout String.UnicodeScalarView.Iterator) -> Unicode.Scalar? {
    guard let unit = codeUnit(&scalars) else { return nil }
    guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
    var ahead = scalars
    guard ahead.next() == "\\", let second = codeUnit(&ahead), UTF16.isTrailSurrogate(second) else {
      return nil
    }
    scalars = ahead
    return Unicode.Scalar(0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(second) & 0x3FF)
  }

  private static func codeUnit(_ scalars: inout String.UnicodeScalarView.Iterator) -> UInt16? {
    guard let kind = scalars.next() else { return nil }
    guard kind == "u" else { return UInt16(exactly: kind.value) }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = scalars.next().flatMap({ Character($0).hexDigitValue }) else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
