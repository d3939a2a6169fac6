import ArgumentParser
import ExamServer

struct Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the report of a session.",
    discussion: """
      Reads the data folder only, so a server may go on running. The report of a session that is not finished tells how \
      things stand, and a warning on standard error says so.
      """)

  @Argument(help: "The session's code: six digits.")
  var code: String
  @Option(help: "The server's data folder.")
  var dataDir = "data"
  @Option(help: "Folder with the pages, which has the words.")
  var webDir = "Web"
  @Option(
    help: "html (a page to read and print), csv, json, or verdicts (judged alerts without names, for tuning)."
  )
  var format = ReportFormat.html
  @Option(
    name: [.short, .long], help: "File to write; one that is there is replaced. Default: standard output.")
  var output: String?
  @Option(help: "Time zone of the times on the page and in CSV: an IANA name such as Europe/Berlin.")
  var timeZone = "UTC"

  func run() async throws {
    try await ReportCommand.run(
      code: code, dataFolder: dataDir, webFolder: ProgramFolder.find(webDir), format: format, output: output,
      timeZone: timeZone)
  }
}

extension ReportFormat: ExpressibleByArgument {}
