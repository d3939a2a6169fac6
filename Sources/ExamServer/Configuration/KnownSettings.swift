import Foundation
import Yams

/// The known settings: an unknown name is an error, since it was meant to have an effect.
enum KnownSettings {
  static let prefix = "EXAM_MONITORING_"

  /// - Parameter known: all keys, with dots between their parts.
  /// - Throws: `ServerConfiguration.InvalidSetting` with the most similar known name, or the error of reading the file.
  static func check(_ file: String, known: Set<String>) throws {
    for (key, line) in try keys(inYAML: String(contentsOfFile: file, encoding: .utf8))
    where !known.contains(key) {
      throw ServerConfiguration.InvalidSetting(
        key: key,
        problem: "there is no such setting (\(file), line \(line))" + suggestion(for: key, among: known))
    }
  }

  /// Every variable that begins with the prefix is a setting.
  static func check(environment: [String: String], known: Set<String>) throws {
    let variables = Set(known.map(variable))
    for name in environment.keys.sorted() where name.hasPrefix(prefix) && !variables.contains(name) {
      throw ServerConfiguration.InvalidSetting(
        key: name,
        problem: "there is no such setting (in the environment)" + suggestion(for: name, among: variables))
    }
  }

  /// `alerts.face_missing.window` as `EXAM_MONITORING_ALERTS_FACE_MISSING_WINDOW`.
  static func variable(_ key: String) -> String {
    prefix + key.uppercased().replacing(".", with: "_")
  }

  /// The keys of all values, and their lines.
  private static func keys(inYAML text: String) throws -> [(key: String, line: Int)] {
    var found: [(String, Int)] = []
    func walk(_ mapping: Node.Mapping, below path: String) {
      for (name, value) in mapping {
        let key = path + (name.scalar?.string ?? "?")
        if let inner = value.mapping, !inner.isEmpty {
          walk(inner, below: key + ".")
        } else {
          found.append((key, name.mark?.line ?? 1))
        }
      }
    }
    if let mapping = try Parser(yaml: text).singleRoot()?.mapping { walk(mapping, below: "") }
    return found
  }

  private static func suggestion(for name: String, among names: Set<String>) -> String {
    let near = names.map { (name: $0, distance: distance(name, $0)) }.min {
      ($0.distance, $0.name) < ($1.distance, $1.name)
    }
    guard let near, near.distance <= max(3, near.name.count / 3) else {
      return "; docs/configuration.md lists all there are"
    }
    return "; did you mean \(near.name)?"
  }

  /// The number of letters to insert, delete or change to turn one name into the other (Levenshtein distance); case,
  /// and the separator between words, do not count.
  private static func distance(_ left: String, _ right: String) -> Int {
    func letters(_ name: String) -> [Character] {
      name.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 }
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
