import Foundation
import Yams

/// A YAML file with settings: nested as `alerts: {face_missing: {window: 4}}`, or with dots as `alerts.face_missing.window: 4`.
struct SettingsFile {
  struct Entry {
    enum Value: Equatable {
      /// Nothing, `~` or `null`: as if it was not there.
      case none
      case text(String)
      case list(String)
      /// A heading without anything below it.
      case section
    }

    let key: String
    let value: Value
    let line: Int
  }

  static let maximumBytes = 1 << 20
  /// Many times as many as there are settings and headings.
  private static let maximumEntries = 5_000

  /// Why a file cannot be used. It never quotes the file, which may have a password in it.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var entries: [Entry] = []
  private var headings = 0

  /// Reads the file on the calling thread.
  ///
  /// - Throws: `Fault`, with the line where there is one.
  init(path: String) throws {
    let bytes: Data
    do {
      bytes = try SmallFile.beginning(of: path, maximum: Self.maximumBytes)
    } catch {
      throw Fault(description: error.localizedDescription)
    }
    guard bytes.count <= Self.maximumBytes, let text = String(data: bytes, encoding: .utf8) else {
      throw Fault(description: "it is no text of at most \(Self.maximumBytes >> 20) MiB")
    }
    // With nothing in it but comments every default applies.
    guard let root = try Self.parse(text), root.scalar?.string != "" else { return }
    guard let mapping = root.mapping else {
      throw Fault(description: "it has no settings: each is a line such as port: 8443")
    }
    try collect(mapping, below: "")
  }

  private static func parse(_ text: String) throws -> Node? {
    do {
      return try Parser(yaml: text).singleRoot()
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw Fault(description: "line \(mark.line), column \(mark.column): \(problem)")
      case .duplicatedKeysInMapping(let names, let context):
        let names = names.sorted().joined(separator: ", ")
        throw Fault(
          description: "there is more than one \(names) in what begins in line \(context.mark.line)")
      default:
        throw Fault(description: "it is no YAML")
      }
    }
  }

  private mutating func collect(_ mapping: Node.Mapping, below path: String) throws {
    // Counted as well: one heading can stand for itself many times by an alias.
    headings += 1
    for (name, value) in mapping {
      let key = path + (name.scalar?.string ?? "?")
      let line = name.mark?.line ?? 1
      guard entries.count + headings < Self.maximumEntries else {
        throw Fault(description: "line \(line): it has more than \(Self.maximumEntries) settings")
      }
      if let inner = value.mapping, !inner.isEmpty {
        try collect(inner, below: key + ".")
        continue
      }
      if let first = entries.first(where: { $0.key == key }) {
        throw Fault(description: "line \(line): \(key) is in line \(first.line) already")
      }
      entries.append(Entry(key: key, value: Self.value(of: value), line: line))
    }
  }

  private static func value(of node: Node) -> Entry.Value {
    if node.mapping != nil { return .section }
    if let items = node.sequence {
      return .list(items.map { $0.scalar?.string ?? "?" }.joined(separator: ","))
    }
    guard let scalar = node.scalar else { return .none }
    let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    return isNull ? .none : .text(scalar.string)
  }
}
