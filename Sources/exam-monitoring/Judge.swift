import ArgumentParser
import ExamServer
import Foundation

/// For Tests/Eval, which must judge as `tune` does.
struct Judge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judges alerts by the labels of clips: JSON Lines from standard input to standard output.",
    shouldDisplay: false)

  func run() throws {
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    FileHandle.standardOutput.write(try JudgeCommand.run(input))
  }
}
