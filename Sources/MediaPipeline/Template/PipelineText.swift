/// The text of a pipeline file without its comments, keeping line numbers for messages.
struct PipelineText: Sendable {
  /// What `gst_parse_launch` gets: the lines that are not comments, joined by spaces, otherwise untouched.
  let description: String
  /// The text after `# check-with:`, which generates frames of the file's media type; several such lines are joined.
  let checkDescription: String?
  /// Line of the first `# check-with:`, from 1.
  let checkLine: Int?
  private let lines: [(number: Int, text: String)]

  /// A line whose first non-space character is `#` is a comment. A `#` elsewhere is not: it may be part of a property's
  /// value.
  init(_ text: String) {
    var lines: [(number: Int, text: String)] = []
    var checks: [(number: Int, text: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = line.trimmed
      if trimmed.hasPrefix("#") {
        let comment = trimmed.drop { $0 == "#" }.trimmed
        if comment.hasPrefix("check-with:") {
          checks.append((index + 1, String(comment.dropFirst("check-with:".count).trimmed)))
        }
      } else if !trimmed.isEmpty {
        lines.append((index + 1, String(trimmed)))
      }
    }
    self.lines = lines
    description = lines.map(\.text).joined(separator: " ")
    checkDescription = checks.isEmpty ? nil : checks.map(\.text).joined(separator: " ")
    checkLine = checks.first?.number
  }

  /// The first line, from 1 or from `start`, that contains `word` as a whole word, such as an element's or a property's name.
  func line(of word: String, from start: Int = 1) -> Int? {
    guard !word.isEmpty else { return nil }
    return lines.first { $0.number >= start && $0.text.containsWord(word) }?.number
  }

  /// The line that makes the text invalid: no beginning of the text that includes it is accepted.
  ///
  /// - Parameter isAccepted: whether a beginning of the description does not have the error in question.
  func line(breaking isAccepted: (String) -> Bool) -> Int? {
    var breaking: Int?
    for end in stride(from: lines.count, to: 0, by: -1) {
      if isAccepted(lines[..<end].map(\.text).joined(separator: " ")) { break }
      breaking = lines[end - 1].number
    }
    return breaking
  }
}

extension StringProtocol {
  fileprivate var trimmed: SubSequence {
    var rest = self[...]
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return rest.drop { $0.isWhitespace }
  }

  fileprivate func containsWord(_ word: String) -> Bool {
    func isWordCharacter(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" } ?? false
    }
    var start = startIndex
    while let range = self[start...].firstRange(of: word) {
      let before = range.lowerBound > startIndex ? self[index(before: range.lowerBound)] : nil
      let after = range.upperBound < endIndex ? self[range.upperBound] : nil
      if !isWordCharacter(before), !isWordCharacter(after) { return true }
      start = index(after: range.lowerBound)
    }
    return false
  }
}
