import ArgumentParser
import ExamServer

struct Pipelines: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Works with the pipeline files.", subcommands: [Check.self, Explain.self, CheckOne.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks pipeline files with a few generated frames of their own media type.",
      discussion: "Without files, all files of the pipelines folder are checked.")

    @Argument(help: "Pipeline files, such as Pipelines/video-x-vp8.launch.")
    var files: [String] = []
    @Option(help: "Folder with the pipeline files.")
    var pipelinesDir = "Pipelines"

    func run() async throws {
      let reports = try await PipelineCheck.run(files: files, folder: ProgramFolder.find(pipelinesDir))
      for report in reports { print(report) }
      if reports.contains(where: { !$0.isGood }) { throw ExitCode.failure }
    }
  }

  struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says what each element of a pipeline file does, and which of its properties can be tuned.",
      discussion: """
        Values, defaults, ranges and meanings are those of GStreamer's registry on this machine. A property that the file sets is \
        marked. Pipelines/README.md says which of them matter.
        """)

    @Argument(help: "Pipeline file, such as Pipelines/video-x-vp8.launch.")
    var file: String
    @Flag(help: "Also properties that every element has, and those that take text.")
    var all = false
    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
      print(try PipelineExplainer.run(file: file, everything: all, asJSON: json), terminator: "")
    }
  }

  /// What `check` and the server run for each file, since a bad one may kill the process.
  struct CheckOne: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks one file in this process.", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
      guard let problem = await PipelineCheck.checkHere(file) else { return }
      print(problem)
      throw ExitCode(PipelineCheck.badFileStatus)
    }
  }
}
