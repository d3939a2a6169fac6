import Foundation

/// Reads settings as what the table says they are, and gathers what is wrong with them, so that all of it is told at once. In
/// place of a value that cannot be used it gives the default.
struct SettingReader {
  private let values: [String: SettingValue]
  private(set) var problems: [ServerConfiguration.InvalidSetting]

  init(values: [String: SettingValue], problems: [ServerConfiguration.InvalidSetting]) {
    self.values = values
    self.problems = problems
  }

  private func setting(_ key: String) -> (setting: Setting, value: SettingValue) {
    guard let setting = SettingTable.byKey[key], let value = values[key] else {
      preconditionFailure("there is no setting \(key)")
    }
    return (setting, value)
  }

  mutating func reject(_ key: String, _ problem: String) {
    let origin = values[key]?.origin
    problems.append(.init(key: key, problem: problem, origin: origin == .standard ? nil : origin))
  }

  func text(_ key: String) -> String { setting(key).value.text }

  func optionalText(_ key: String) -> String? {
    let text = text(key)
    return text.isEmpty ? nil : text
  }

  mutating func whole(_ key: String) -> Int {
    guard case .whole(let range) = setting(key).setting.kind else {
      preconditionFailure("\(key) is no whole number")
    }
    return bounded(key, range, "a whole number") { "\($0)" }
  }

  mutating func number(_ key: String) -> Double {
    guard case .number(let range) = setting(key).setting.kind else {
      preconditionFailure("\(key) is no number")
    }
    return bounded(key, range, "a number", told: short)
  }

  private mutating func bounded<Value: LosslessStringConvertible>(
    _ key: String, _ range: ClosedRange<Value>, _ what: String, told: (Value) -> String
  ) -> Value {
    let (setting, value) = setting(key)
    if let number = Value(value.text) {
      if range.contains(number) { return number }
      reject(key, "\(value.text) is outside \(told(range.lowerBound)) to \(told(range.upperBound))")
    } else {
      reject(key, "\(shown(value.text)) is not \(what)")
    }
    return Value(setting.standard)!
  }

  mutating func flag(_ key: String) -> Bool {
    let (setting, value) = setting(key)
    switch value.text.lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default:
      reject(key, "\(shown(value.text)) is not true or false")
      return setting.standard == "true"
    }
  }

  mutating func choice<Value: RawRepresentable<String>>(_ key: String) -> Value {
    let (setting, value) = setting(key)
    guard case .choice(let words) = setting.kind else { preconditionFailure("\(key) is no choice") }
    if let value = Value(rawValue: value.text.lowercased()) { return value }
    reject(key, "is \(words.joined(separator: " or ")), not \(shown(value.text))")
    return Value(rawValue: setting.standard)!
  }

  /// - Parameters:
  ///   - what: each item has to be, for whoever wrote something else.
  ///   - value: of an item, `nil` if it is something else.
  mutating func list<Value>(_ key: String, of what: String, _ value: (String) -> Value?) -> [Value] {
    var list: [Value] = []
    for item in text(key).split(separator: ",") {
      let item = item.trimmingCharacters(in: .whitespaces)
      if let value = value(item) { list.append(value) } else { reject(key, "\(item) is not \(what)") }
    }
    return list
  }

  /// Reads a text as something that may refuse it with a problem of its own.
  mutating func attempt<Value>(_ key: String, _ value: () throws -> Value?) -> Value? {
    do {
      return try value()
    } catch let problem as ServerConfiguration.InvalidSetting {
      reject(problem.key, problem.problem)
    } catch {
      reject(key, "\(text(key)) \(error)")
    }
    return nil
  }

  private func shown(_ text: String) -> String { text.isEmpty ? "nothing" : text }
}
