import Foundation
import Yams

/// A YAML file with settings: nested as `alerts: {face_missing: {window: 4}}`, or with dots as `alerts.face_missing.window: 4`.
struct SettingsFile {
  struct Entry {
    let key: String
    let text: String
    let isList: Bool
    let line: Int
  }

  static let maximumBytes = 1 << 20
  /// Many times as many as there are settings.
  private static let maximumEntries = 5_000

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  let entries: [Entry]

  /// Reads the file on the calling thread.
  ///
  /// - Throws: why it cannot be used, with the line where there is one.
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
    guard let root = try Parser(yaml: text).singleRoot(), root.scalar?.string != "" else {
      entries = []
      return
    }
    guard let mapping = root.mapping else {
      throw Fault(description: "it has no settings: each is a line such as port: 8443")
    }
    var entries: [Entry] = []
    try Self.collect(mapping, below: "", into: &entries)
    self.entries = entries
  }

  private static func collect(_ mapping: Node.Mapping, below path: String, into entries: inout [Entry]) throws
  {
    for (name, value) in mapping {
      let key = path + (name.scalar?.string ?? "?")
      let line = name.mark?.line ?? 1
      if let inner = value.mapping {
        try collect(inner, below: key + ".", into: &entries)
        continue
      }
      guard entries.count < maximumEntries else {
        throw Fault(description: "line \(line): it has more than \(maximumEntries) settings")
      }
      if let first = entries.first(where: { $0.key == key }) {
        throw Fault(description: "line \(line): \(key) is in line \(first.line) already")
      }
      let items = value.sequence?.map { $0.scalar?.string ?? "?" }
      entries.append(
        Entry(
          key: key, text: items?.joined(separator: ",") ?? value.scalar?.string ?? "", isList: items != nil,
          line: line))
    }
  }
}
