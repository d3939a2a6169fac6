import ExamModel
import ExamStore
import Foundation
import Logging

/// Formats log records as single lines, for both `server.log` and standard error:
/// `2026-03-01T09:00:00.000Z info joined name=Ada role=student session=123456`.
struct ServerLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level = .info
  let file: LogFile
  let console: LineWriter

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    var line = "\(Timestamp.now) \(event.level) \(Self.singleLine("\(event.message)"))"
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line += " \(key)=\(Self.quoted("\(value)"))"
    }
    if let error = event.error { line += " error=\(Self.quoted("\(error)"))" }
    file.append(line: line)
    console.append(line)
  }

  /// Text from outside must not be able to start a line of its own, or to reverse the direction of the one it is in.
  private static func singleLine(_ text: String) -> String {
    func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    guard text.unicodeScalars.contains(where: isUnfit) else { return text }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      if isUnfit(scalar) {
        line += scalar == "\n" ? "\\n" : " "
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "-_.:/".utf8.contains(byte)
    }
    if plain, !text.isEmpty { return text }
    // By scalars: as Characters, a quote with a combining mark is not a quote.
    let escaped = singleLine(text).unicodeScalars.reduce(into: "") { escaped, scalar in
      if scalar == "\"" || scalar == "\\" { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return "\"\(escaped)\""
  }
}

extension LineWriter {
  /// Writes to standard error. Its reader may stop reading or go away; neither may delay or end an exam.
  static func standardError() -> LineWriter {
    LineWriter { line in
      do {
        try FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}
