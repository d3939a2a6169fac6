import Testing

@testable import ExamModel

@Suite struct ReadableTextTests {
  private func scalars(_ text: String?) -> [UInt32]? { text.map { $0.unicodeScalars.map(\.value) } }

  @Test(arguments: [
    "علی\u{200C}رضا",  // Persian: a non-joiner between two letters
    "ක්\u{200D}ෂිතිජ",  // Sinhala: a joiner behind a virama
    "രമേശന്\u{200D}",  // Malayalam: a chillu in its traditional encoding, at the end of a word
    "র\u{200D}\u{09CD}য",  // Bengali: a joiner before a virama
    "Ana 👩🏽\u{200D}🎓", "👨\u{200D}👩\u{200D}👧", "🏳\u{FE0F}\u{200D}🌈", "👩\u{200D}❤\u{FE0F}\u{200D}👨",
    "1\u{FE0F}\u{20E3}",
    "葛\u{E0100}城", "Zoë", "O’Brien-Łukasiewicz", "李小龍",
  ])
  func whatIsNeededStays(name: String) { #expect(scalars(PersonName(name)?.text) == scalars(name)) }

  @Test(arguments: [
    ("Ada\u{200B}Lovelace", "AdaLovelace"), ("\u{202E}ecalevoL", "ecalevoL"), ("A\u{2066}da\u{2069}", "Ada"),
    ("Ada\u{E0041}\u{E007F}", "Ada"), ("\u{FEFF}Ada\u{00AD}", "Ada"), ("A\u{0}d\u{1B}a", "Ada"),
    ("Ada\u{200D}", "Ada"), ("\u{200C}Ada", "Ada"), ("Ada \u{200D}Lovelace", "Ada Lovelace"),
    ("Ada\u{200D}\u{200D}x", "Adax"), ("1\u{200D}2", "12"), ("A\u{034F}d\u{3164}a", "Ada"),
    ("  Ada \t\u{2028}\u{00A0} Lovelace\r\n", "Ada Lovelace"), ("\u{061C}\u{200E}Ada\u{200F}", "Ada"),
    ("\u{FE0F}Ada", "Ada"), ("Ada\u{E001}", "Ada"),
  ])
  func whatNobodySeesGoes(typed: String, name: String) {
    #expect(scalars(PersonName(typed)?.text) == scalars(name))
  }

  /// Composing reorders marks, and what is removed may have separated a letter from its mark.
  @Test(arguments: [
    "\u{FFFD}\u{315}\u{94D}\u{200D}\u{FFFD}", "a\u{200B}\u{301}b", "e\u{315}\u{AD}\u{94D}\u{200D}",
    "a\u{200D}\u{34F}\u{FFFD}", "a\u{200D}\u{34F}\u{200C}\u{34F}\u{FFFD}",
  ])
  func aNameThatWasCleanedIsClean(typed: String) throws {
    let name = try #require(PersonName(typed)?.text)
    #expect(scalars(PersonName(name)?.text) == scalars(name))
  }

  @Test func aNameIsComposed() {
    #expect(scalars(PersonName("Zoe\u{308}")?.text) == scalars("Zo\u{EB}"))
    #expect(scalars(PersonName("\u{1112}\u{1161}\u{11AB}")?.text) == [0xD55C])
    // The order of marks makes no difference.
    #expect(scalars(PersonName("a\u{323}\u{302}")?.text) == scalars(PersonName("a\u{302}\u{323}")?.text))
    #expect(scalars(ExamTitle("Cafe\u{301}")?.text) == scalars("Caf\u{E9}"))
  }

  @Test(arguments: [
    "", " \t", "\u{200B}", "\u{200D}", "\u{301}", "\u{2800}", "\u{3164}\u{115F}", "\u{E0041}",
    String(repeating: "x", count: 81), "e" + String(repeating: "\u{327}", count: 100_000),
  ])
  func nothingReadableIsNoName(typed: String) { #expect(PersonName(typed) == nil) }

  @Test func lengthIsThatOfWhatIsKept() {
    #expect(PersonName(String(repeating: "e\u{301}", count: 80))?.text.unicodeScalars.count == 80)
    #expect(PersonName(String(repeating: "\u{200B}", count: 5000) + "Ada")?.text == "Ada")
    #expect(ExamTitle(String(repeating: "x", count: 120)) != nil)
    #expect(ExamTitle(String(repeating: "x", count: 121)) == nil)
  }

  @Test func whatIsWrittenTurnsNoDirection() throws {
    #expect(ReadableText.prose("a\u{202E}b\u{2066}c\u{2069}\u{E0041}\nd\te") == "abc\nd\te")
    #expect(
      ReadableText.prose("علی\u{200C}رضا 👨\u{200D}👩\u{200D}👧 \u{200F}!")
        == "علی\u{200C}رضا 👨\u{200D}👩\u{200D}👧 \u{200F}!")
  }
}
