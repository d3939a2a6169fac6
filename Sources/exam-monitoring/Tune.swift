import ArgumentParser
import ExamServer
import Foundation

struct Tune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what other thresholds would have told, on recorded and labelled clips.",
    discussion: """
      Replays what `observe` wrote, with the alert policy itself and without decoding. For each kind of alert one threshold \
      after the other is changed around the rule in force, that of --config and the environment as for the server: a table \
      of recall, false alerts per hour and delay, and with --output the curve as a picture. docs/tuning.md explains it.

      Exit code: 0, or 1 if something is worse than in --baseline.
      """)

  @Argument(help: "Folder with NAME.looks.jsonl and the labels NAME.json for each clip.")
  var folder: String
  @Option(help: "Kind of alert to vary, such as face_missing; can be repeated. Default: all.")
  var kind: [String] = []
  @Option(help: "File with teachers' verdicts on alerts of exams; can be repeated.")
  var verdicts: [String] = []
  @Option(name: [.short, .long], help: "Folder for the pictures, KIND.svg.")
  var output: String?
  @Option(help: "YAML file with settings: its rules are those in force.")
  var config: String?
  @Flag(inversion: .prefixedNo, help: "Vary thresholds, or only tell how the rules in force do.")
  var sweep = true
  @Option(help: "JSON file to write the figures under the rules in force to.")
  var figures: String?
  @Option(help: "JSON file with such figures to compare with.")
  var baseline: String?

  func run() async throws {
    let settings = try SettingSources(environment: ProcessInfo.processInfo.environment, file: config).load()
    var options = TuneCommand.Options(folder: folder)
    (options.kinds, options.verdicts, options.output) = (kind, verdicts, output)
    (options.sweeps, options.figures, options.baseline) = (sweep, figures, baseline)
    let worse = try await TuneCommand.run(options, settings: settings) {
      FileHandle.standardOutput.write(Data($0.utf8))
    }
    guard worse.isEmpty else {
      FileHandle.standardError.write(
        Data(("Worse than before:\n" + worse.joined(separator: "\n") + "\n").utf8))
      throw ExitCode.failure
    }
  }
}
