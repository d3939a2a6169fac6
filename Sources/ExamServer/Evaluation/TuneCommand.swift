import ExamModel
import Foundation

/// `exam-monitoring tune`: replays recorded looks under other rules, and shows what would have been told.
public enum TuneCommand {
  public struct Options: Sendable {
    /// With NAME.looks.jsonl and NAME.json for each clip.
    public var folder: String
    /// Files of teachers' verdicts.
    public var verdicts: [String] = []
    /// The kinds to vary; empty: all.
    public var kinds: [String] = []
    /// Gets KIND.svg for each kind varied; `nil`: no pictures.
    public var output: String?
    public var sweeps = true
    /// Written: the figures under the rules in force.
    public var figures: String?
    /// Read: the figures to compare with.
    public var baseline: String?

    public init(folder: String) { self.folder = folder }
  }

  /// - Parameters:
  ///   - settings: have the rules in force, around which is varied.
  ///   - tell: receives the text piece by piece.
  /// - Returns: what is worse than in the baseline, a line each.
  /// - Throws: an error that names file and field, for files that cannot be used.
  public static func run(
    _ options: Options, settings: ServerConfiguration, tell: (String) -> Void
  ) async throws -> [String] {
    let began = ContinuousClock.now
    let (rules, kinds) = (settings.alerts, try kinds(options.kinds))
    // Before anything is written: the new figures may take the place of the old ones.
    let baseline = try options.baseline.map { try FiguresFile(contentsOf: URL(filePath: $0)) }
    let clips = try RecordedClips.read(folder: options.folder)
    let verdicts: [JudgedAlert] = try options.verdicts.flatMap { try RecordedClips.lines(URL(filePath: $0)) }
    let hours = clips.reduce(0) { $0 + $1.seconds } / 3600
    let present = RuleSweep.figures(of: clips, under: rules, judgedBy: rules)
    tell(
      "\(clips.count) clips, \(SweepTable.twoDigits(hours)) hours, under the rules in force:\n\n"
        + SweepTable.overview(present, rules: rules, hours: hours))
    let file = FiguresFile(present)
    if let path = options.figures { try file.write(to: URL(filePath: path)) }
    if options.sweeps {
      if let output = options.output {
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
      }
      for kind in kinds {
        try await sweep(
          kind, clips: clips, rules: rules, base: present, hours: hours, output: options.output, tell: tell)
      }
    }
    if !options.verdicts.isEmpty {
      tell("\nTeachers' verdicts. " + VerdictTable.caveat)
      for kind in kinds {
        if let rule = rules.rules[kind], verdicts.contains(where: { $0.kind == kind }) {
          tell("\n\(VerdictTable(verdicts, kind: kind, rule: rule))")
        }
      }
    }
    tell("\nin \(SweepTable.twoDigits((ContinuousClock.now - began).inSeconds)) s\n")
    return baseline.map { file.worse(than: $0) } ?? []
  }

  private static func kinds(_ names: [String]) throws -> [AlertKind] {
    let kinds = try names.map { name in
      guard let kind = AlertKind(rawValue: name) else {
        let known = AlertKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw RecordedClips.Unusable(problems: ["there is no kind of alert \(name); known are \(known)"])
      }
      return kind
    }
    return kinds.isEmpty ? AlertKind.allCases : kinds
  }

  private static func sweep(
    _ kind: AlertKind, clips: [RecordedClip], rules: AlertRules, base: [AlertKind: AlertFigures],
    hours: Double,
    output: String?, tell: (String) -> Void
  ) async throws {
    let sweep = await RuleSweep.run(kind, clips: clips, rules: rules, base: base)
    tell("\n\(SweepTable(sweep: sweep, hours: hours))")
    guard base[kind]?.events ?? 0 > 0 else {
      return tell("  No event of this kind is in the clips, so there is no recall.\n")
    }
    guard let output else { return }
    let picture = SweepPicture(sweep: sweep, hours: hours).svg
    try Data(picture.utf8).write(to: URL(filePath: output).appending(path: "\(kind.rawValue).svg"))
  }
}
