import Foundation

/// Text that people typed, made safe to show beside other text: nothing in it is invisible but by need, and nothing turns
/// the direction of what stands around it.
enum ReadableText {
  /// One line, as for names and titles: in the composed form of Unicode (NFC), trimmed and single-spaced, without controls,
  /// marks of direction, zero width spaces, tags and whatever else shows nothing.
  ///
  /// - Returns: `nil` where nothing readable is left, or more than `maximumLength` code points are.
  static func line(_ typed: String, maximumLength: Int) -> String? {
    var kept = String.UnicodeScalarView()
    var visible = 0
    var last: Unicode.Scalar?
    var isSpaced = false
    // Composed before anything is judged: composing changes the order of marks, and so what stands beside a joiner. The time it
    // takes grows with the square of a run of marks; what comes from outside has none that is long (`CombiningMarks`).
    let scalars = Array(typed.precomposedStringWithCanonicalMapping.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      if scalar.properties.isWhitespace {
        isSpaced = true
        continue
      }
      guard isFit(scalar, after: isSpaced ? nil : last, before: scalars.dropFirst(index + 1).first) else {
        // Two joiners do not stand where one does.
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
    // What was left out may have kept a letter from its mark, or have been what a joiner stood before. It ends:
    // but for the first time, what is not the same is shorter.
    guard line.unicodeScalars.elementsEqual(typed.unicodeScalars) else {
      return Self.line(line, maximumLength: maximumLength)
    }
    // Not the text's `count`: one visible character can be made of any number of these.
    guard visible > 0, line.unicodeScalars.count <= maximumLength else { return nil }
    return line
  }

  /// Text of its own paragraph, as in the chat: as it was typed, but for the marks that turn the direction of all that
  /// follows them, and the tags that nobody sees.
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
    // Which glyph of a character is meant: in names of people and places, and of emoji.
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

  /// Many scripts need ZWJ and ZWNJ to be written rightly: they stand between letters (and the marks of letters), or end
  /// a syllable after a virama. A ZWJ also joins two emoji to one.
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
    // Digits are counted among emoji, for keycaps.
    scalar.value > 0x7F && (scalar.properties.isEmoji || scalar.properties.isEmojiModifier)
  }

  /// Whether it shows anything by itself.
  private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .format: false
    // The empty pattern of Braille.
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
