import ArgumentParser
import ExamServer

struct Observe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks recorded videos as a student's pictures are checked, and writes what each check found.",
    discussion: """
      For judging thresholds: a video is decoded once, and what was found in it can then be judged again in seconds. \
      Writes NAME.looks.jsonl for each video, a line for each check.
      """)

  @Argument(help: "Videos: any that GStreamer reads.")
  var videos: [String]
  @Option(name: [.short, .long], help: "Folder to write to.")
  var output = "looks"
  @Option(help: "Folder with the face models.")
  var modelsDir = "Models"
  @Option(help: "Checks a second.")
  var checksPerSecond = 2.0
  @Option(help: "Where in its period the regular search of the whole picture comes, 0 to 1.")
  var searchPhase = 0.5

  func validate() throws {
    guard (0.1...30).contains(checksPerSecond) else {
      throw ValidationError("--checks-per-second is 0.1 to 30")
    }
    guard (0...1).contains(searchPhase) else { throw ValidationError("--search-phase is 0 to 1") }
  }

  func run() throws {
    try ObserveCommand.run(
      videos: videos, folder: output, modelsFolder: ProgramFolder.find(modelsDir),
      checksPerSecond: checksPerSecond,
      searchPhase: searchPhase, tell: { print($0) })
  }
}
