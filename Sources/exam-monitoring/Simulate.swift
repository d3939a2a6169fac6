import ArgumentParser
import ExamServer
import Foundation
import Simulator

struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rehearses the load of an exam against a running server.",
    discussion: """
      Students with recorded cameras and teachers who watch them come in over real connections. Some students freeze, sit in \
      the dark, leave their seat or lose their connection now and then. At the end it says whether the server held, and \
      what gave way first. Ctrl-C ends it early, with the verdict so far.

      Exit code: 0 held, 1 not held, 2 it could not run. docs/rehearsal.md explains the figures and the JSON file.
      """)

  @OptionGroup var rehearsal: RehearsalConfiguration
  @Option(
    help:
      "File with the server's teacher password, where it is not in the environment as EXAM_MONITORING_TEACHER_PASSWORD."
  )
  var teacherPasswordFile: String?

  func run() async throws {
    // The file is requested explicitly; the environment of a server running beside it may be of another one.
    let password = try TeacherPassword.read(
      text: teacherPasswordFile == nil
        ? ProcessInfo.processInfo.environment["EXAM_MONITORING_TEACHER_PASSWORD"] : nil,
      file: teacherPasswordFile)
    var rehearsal = rehearsal
    rehearsal.recordingsDir = ProgramFolder.find(rehearsal.recordingsDir)
    let signals = await ProcessSignals([SIGINT, SIGTERM])
    let running = Task { [rehearsal] in try await Rehearsal.run(rehearsal, teacherPassword: password) }
    let listening = Task { for await _ in signals.stream { running.cancel() } }
    defer { listening.cancel() }
    let report: RehearsalReport
    do {
      report = try await running.value
    } catch {
      try? FileHandle.standardError.write(contentsOf: Data("Error: \(error)\n".utf8))
      throw ExitCode(2)
    }
    if !report.held { throw ExitCode(1) }
  }
}
