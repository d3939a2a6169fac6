/// What a student's page reports: a value for each field that some kind of alert uses (`AlertRow.Source.page`). A field
/// that it omits keeps its last value.
public struct PageReport: Sendable, Hashable {
  private var words: [String: String] = [:]

  public init(page: PageVisibility? = nil, camera: CameraState? = nil, program: CameraProgram? = nil) {
    words["page"] = page?.rawValue
    words["camera"] = camera?.rawValue
    words["program"] = program?.rawValue
  }

  /// All is well in every field.
  static let allGood = AlertTable.ofPage.reduce(into: PageReport()) { report, row in
    report.say(row.good[0], in: row.field)
  }

  public var page: PageVisibility? { words["page"].flatMap { PageVisibility(rawValue: $0) } }
  public var camera: CameraState? { words["camera"].flatMap { CameraState(rawValue: $0) } }
  public var isEmpty: Bool { words.isEmpty }

  /// - Parameter newer: takes precedence where both have a value.
  public mutating func add(_ newer: PageReport) { words.merge(newer.words) { $1 } }

  func says(anyOf some: [String], in field: String) -> Bool { words[field].map(some.contains) ?? false }

  /// What it says about a kind of alert that pages report; `nil` for other kinds, and if it has said nothing of it.
  func word(of kind: AlertKind) -> String? {
    if case .page(let field, _, _) = kind.row.source { words[field] } else { nil }
  }

  mutating func say(_ word: String, in field: String) { words[field] = word }
}

extension PageReport: Decodable {
  private struct Field: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    for (_, name, bad, good) in AlertTable.ofPage {
      let field = Field(stringValue: name)
      guard let word = try fields.decodeIfPresent(String.self, forKey: field) else { continue }
      guard (good + bad).contains(word) else {
        throw DecodingError.dataCorruptedError(
          forKey: field, in: fields,
          debugDescription: "is one of \((good + bad).joined(separator: ", ")), not \(word)")
      }
      words[name] = word
    }
  }
}
