import ExamModel
import Foundation

/// Reads a folder of clips that were observed and labelled: NAME.looks.jsonl with NAME.json beside it.
enum RecordedClips {
  /// What cannot be used, a line each.
  struct Unusable: Error, CustomStringConvertible {
    let problems: [String]
    var description: String { problems.joined(separator: "\n") }
  }

  static let ending = ".looks.jsonl"
  /// Bytes of one file; an hour of looks has 2 MB.
  private static let maximumSize = 64_000_000
  /// Seconds in which looks may lie, eleven days: a replay goes through all of them.
  private static let times = 0.0..<1_000_000.0

  /// All clips by name.
  ///
  /// - Throws: `Unusable` with all that is wrong in the folder.
  static func read(folder: String) throws -> [RecordedClip] {
    let url = URL(filePath: folder)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        .sorted()
    } catch {
      throw Unusable(problems: ["\(folder): there is no such folder, or it cannot be read"])
    }
    let looks = names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
    guard !looks.isEmpty else {
      throw Unusable(problems: [
        "\(folder): there is no NAME\(ending) in it; `exam-monitoring observe VIDEO... -o \(folder)` makes them"
      ])
    }
    var clips: [RecordedClip] = []
    var problems = names.filter { $0.hasSuffix(".json") && !looks.contains(String($0.dropLast(5))) }.map {
      "\(folder)/\($0): there is no \($0.dropLast(5))\(ending) beside it; `exam-monitoring observe` makes it of the video"
    }
    for name in looks {
      do {
        clips.append(
          RecordedClip(
            name: name, labels: try labels(url.appending(path: "\(name).json")),
            looks: try Self.looks(url.appending(path: name + ending))))
      } catch {
        problems.append("\(error)")
      }
    }
    guard problems.isEmpty else { throw Unusable(problems: problems) }
    return clips
  }

  static func labels(_ file: URL) throws -> ClipLabels {
    let data = try contents(file, hint: "; if nothing happens in the clip, write {\"events\": []}")
    do {
      return try JSONDecoder().decode(ClipLabels.self, from: data)
    } catch {
      throw Unusable(problems: ["\(file.relativePath): \(JSONTrouble(error))"])
    }
  }

  static func looks(_ file: URL) throws -> [RecordedLook] {
    let looks: [RecordedLook] = try lines(file)
    guard let first = looks.first else {
      throw Unusable(problems: ["\(file.relativePath): there is no look in it"])
    }
    var last = first.at
    for (index, look) in looks.enumerated() {
      guard times.contains(look.at) else {
        throw Unusable(problems: [
          "\(file.relativePath):\(index + 1): at: \(look.at) is not from 0 to below \(Int(times.upperBound)) seconds"
        ])
      }
      guard index == 0 || look.at > last else {
        throw Unusable(problems: ["\(file.relativePath):\(index + 1): at: \(look.at) is not after \(last)"])
      }
      last = look.at
    }
    return looks
  }

  /// A file in JSON Lines; empty lines are skipped.
  static func lines<Line: Decodable>(_ file: URL) throws -> [Line] {
    let decoder = JSONDecoder()
    return try contents(file).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated().compactMap { index, line in
        guard !line.allSatisfy({ $0 <= UInt8(ascii: " ") }) else { return nil }
        do {
          return try decoder.decode(Line.self, from: line)
        } catch {
          throw Unusable(problems: ["\(file.relativePath):\(index + 1): \(JSONTrouble(error))"])
        }
      }
  }

  private static func contents(_ file: URL, hint: String = "") throws -> Data {
    let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize
    guard let size, size <= maximumSize else {
      throw Unusable(problems: [
        size == nil
          ? "\(file.relativePath): there is no such file" + hint
          : "\(file.relativePath): is larger than \(maximumSize / 1_000_000) MB"
      ])
    }
    do {
      return try Data(contentsOf: file)
    } catch {
      throw Unusable(problems: ["\(file.relativePath): \(error.localizedDescription)"])
    }
  }
}
