import Foundation

/// Text that people typed, made safe to show beside other text: nothing in it is invisible without need, and nothing
/// changes the direction of the text around it.
enum ReadableText {
  /// One line, as for names and titles: composed (Unicode NFC), trimmed and single-spaced, without control characters,
  /// direction marks, zero width spaces, tags and anything else invisible.
  ///
  /// - Returns: `nil` if nothing readable is left, or more than `maximumLength` code points.
  static func line(_ typed: String, maximumLength: Int) -> String? {
    var kept = String.UnicodeScalarView()
    var visible = 0
    var last: Unicode.Scalar?
    var isSpaced = false
    // Composed before anything is judged: composing reorders marks, and so what is next to a joiner. Its time grows
    // with the square of a run of marks; input from outside has no long runs (`CombiningMarks`).
    let scalars = Array(typed.precomposedStringWithCanonicalMapping.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      if scalar.properties.isWhitespace {
        isSpaced = true
        continue
      }
      guard isFit(scalar, after: isSpaced ? nil : last, before: scalars.dropFirst(index + 1).first) else {
        // Of two joiners in a row, one goes.
        if isJoiner(scalar) { last = nil }
        continue
      }
      if isSpaced, !kept.isEmpty { kept.append(" ") }
      isSpaced = false
      kept.append(scalar)
      last = scalar
      if isSeen(scalar) { visible += 1 }
      if kept.count > maximumLength { return nil }
    }
    let line = String(kept).precomposedStringWithCanonicalMapping
    // What was removed may have separated a letter from its mark, or have been what a joiner needed. This terminates:
    // after the first pass, whatever differs is shorter.
    guard line.unicodeScalars.elementsEqual(typed.unicodeScalars) else {
      return Self.line(line, maximumLength: maximumLength)
    }
    // Not the text's `count`: one visible character can consist of any number of these.
    guard visible > 0, line.unicodeScalars.count <= maximumLength else { return nil }
    return line
  }

  /// A paragraph of its own, as in the chat: as typed, except for marks that turn the direction of everything after
  /// them, and invisible tags.
  static func prose(_ typed: String) -> String {
    func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x202A...0x202E, 0x2066...0x2069, 0xE0000...0xE007F: true
      default: false
      }
    }
    guard typed.unicodeScalars.contains(where: isUnfit) else { return typed }
    return String(String.UnicodeScalarView(typed.unicodeScalars.filter { !isUnfit($0) }))
  }

  private static func isFit(
    _ scalar: Unicode.Scalar, after last: Unicode.Scalar?, before next: Unicode.Scalar?
  ) -> Bool {
    let properties = scalar.properties
    switch scalar.value {
    case 0x200C, 0x200D: return joins(scalar, last, next)
    // Variation selectors choose a character's glyph: in names of people and places, and in emoji.
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF:
      return last.map { !isJoiner($0) && !$0.properties.isVariationSelector } ?? false
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
      return false
    default: return !properties.isDefaultIgnorableCodePoint
    }
  }

  /// Many scripts need ZWJ and ZWNJ for correct spelling: between letters (and their marks), or after a virama at the
  /// end of a syllable. A ZWJ also joins two emoji into one.
  private static func joins(_ joiner: Unicode.Scalar, _ last: Unicode.Scalar?, _ next: Unicode.Scalar?)
    -> Bool
  {
    guard let last else { return false }
    if isLetter(last) {
      if let next, isLetter(next) { return true }
      return last.properties.canonicalCombiningClass == .virama && !(next.map(isJoiner) ?? false)
    }
    guard joiner.value == 0x200D, let next else { return false }
    return (isEmoji(last) || last.value == 0xFE0F) && isEmoji(next)
  }

  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool { (0x200C...0x200D).contains(scalar.value) }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    case .nonspacingMark, .spacingMark: !scalar.properties.isVariationSelector
    default: false
    }
  }

  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    // Digits count as emoji because of keycaps.
    scalar.value > 0x7F && (scalar.properties.isEmoji || scalar.properties.isEmojiModifier)
  }

  /// Whether it is visible by itself.
  private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .format: false
    // The blank Braille pattern.
    default: scalar.value != 0x2800
    }
  }
}

extension KeyedDecodingContainer {
  /// What a person wrote.
  func decodeProse(forKey key: Key) throws -> String {
    ReadableText.prose(try decode(String.self, forKey: key))
  }
}
