import ArgumentParser

@main
struct ExamMonitoring: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exam-monitoring",
    abstract: "Watches many students during an online exam.",
    version: "0.9.0",
    subcommands: [
      Serve.self, Report.self, Simulate.self, Pipelines.self, Config.self, Observe.self, Tune.self,
      Judge.self,
    ],
    defaultSubcommand: Serve.self)
}
