import ExamModel
import Foundation

/// The figures of each kind as a file, and what got worse compared with it.
struct FiguresFile: Codable, Equatable {
  struct Kind: Codable, Equatable {
    var found: Int
    var missed: Int
    var `false`: Int
    var repeats: Int
    /// 95th percentile of the delay, seconds; absent where nothing was found.
    var p95: Double?
  }

  /// Delays differ by less than this only in rounding, seconds.
  private static let tolerance = 0.01

  var kinds: [String: Kind]

  init(_ figures: [AlertKind: AlertFigures]) {
    kinds = Dictionary(
      uniqueKeysWithValues: figures.map { kind, own in
        let p95 = own.p95Delay.map(thousandths)
        return (
          kind.rawValue,
          Kind(found: own.found, missed: own.missed, false: own.falseAlerts, repeats: own.repeats, p95: p95)
        )
      })
  }

  init(contentsOf file: URL) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    } catch {
      throw RecordedClips.Unusable(problems: ["\(file.relativePath): \(JSONTrouble(error))"])
    }
  }

  func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: file)
  }

  /// What is worse than in `baseline`, a line each.
  func worse(than baseline: FiguresFile) -> [String] {
    let nothing = Kind(found: 0, missed: 0, false: 0, repeats: 0)
    return Set(baseline.kinds.keys).union(kinds.keys).sorted().flatMap { kind -> [String] in
      let (old, new) = (baseline.kinds[kind] ?? nothing, kinds[kind] ?? nothing)
      var worse: [String] = []
      func compare(_ what: String, _ new: Int, _ old: Int) {
        if new > old { worse.append("\(kind): \(new) \(what), \(old) before") }
      }
      if new.found < old.found { worse.append("\(kind): \(new.found) found, \(old.found) before") }
      compare("missed", new.missed, old.missed)
      compare("false", new.false, old.false)
      compare("repeats", new.repeats, old.repeats)
      if let before = old.p95, let now = new.p95, now > before + Self.tolerance {
        worse.append("\(kind): 95 % of the delays up to \(now) s, \(before) s before")
      }
      return worse
    }
  }
}
