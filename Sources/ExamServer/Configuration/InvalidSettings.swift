extension ServerConfiguration {
  /// A setting that cannot be used.
  public struct InvalidSetting: Error, CustomStringConvertible {
    public let key: String
    public let problem: String
    /// Where it was written; `nil` if nowhere, or if that does not matter.
    public var origin: SettingOrigin?

    public var description: String {
      "setting \(key): \(problem)" + (origin.map { " (\($0))" } ?? "")
    }
  }

  /// All that is wrong with the settings, so that nobody has to start the server once for each.
  public struct InvalidSettings: Error, CustomStringConvertible {
    public let problems: [InvalidSetting]
    public var description: String { problems.map(\.description).joined(separator: "\n") }
  }
}

extension ServerConfiguration.InvalidSetting {
  /// A name that is no setting was meant to be one: the most similar is suggested.
  static func unknown(_ name: String, among names: [String], _ origin: SettingOrigin) -> Self {
    let near = names.map { (name: $0, distance: distance(name, $0)) }.min {
      ($0.distance, $0.name) < ($1.distance, $1.name)
    }
    var advice = "; `exam-monitoring config template` tells all there are"
    if let near, near.distance <= max(3, near.name.count / 3) { advice = "; did you mean \(near.name)?" }
    return Self(key: name, problem: "there is no such setting" + advice, origin: origin)
  }

  /// Longer names are compared by their beginning.
  private static let longestName = 100

  /// The number of letters to insert, delete or change to turn one name into the other (Levenshtein distance); case,
  /// and the separator between words, do not count.
  private static func distance(_ left: String, _ right: String) -> Int {
    func letters(_ name: String) -> [Character] {
      name.prefix(longestName).lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 }
    }
    let (left, right) = (letters(left), letters(right))
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let change = diagonal + (letter == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
