import ArgumentParser
import ExamServer
import Foundation

struct Config: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows and checks the settings.", subcommands: [Show.self, Check.self, Template.self])

  struct Source: ParsableArguments {
    @Option(help: "YAML file with settings, as for `serve`.")
    var config: String?

    func load() throws -> ServerConfiguration {
      try SettingSources(environment: ProcessInfo.processInfo.environment, file: config).load()
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows every setting's value and where it is from; passwords are hidden.")

    @OptionGroup var source: Source
    @Flag(help: "Leave out what is at its default.")
    var changed = false
    @Flag(help: "As JSON: a list of objects with key, value, from, default and unit.")
    var json = false

    func run() async throws {
      print(ConfigCommand.show(try source.load(), onlyChanged: changed, asJSON: json), terminator: "")
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says all that is wrong with the settings and the files they name.",
      discussion:
        "Exit code: 0, or 1 if the server would not start with them. It is run where the server would be started."
    )

    @OptionGroup var source: Source

    func run() async throws {
      let problems = ConfigCommand.problems(try source.load())
      for problem in problems { print(problem) }
      if !problems.isEmpty { throw ExitCode.failure }
      print("The settings can be used.")
    }
  }

  struct Template: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints a file with every setting, explained and commented out.")

    func run() async throws { print(SettingReference.text(), terminator: "") }
  }
}
