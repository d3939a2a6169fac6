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

  @Option(help: "Address of the server.")
  var url = "http://localhost:8080"
  @Option(help: "Students.")
  var students = 50
  @Option(help: "Teachers; each watches all tiles and one student closely.")
  var teachers = 1
  @Option(help: "Minutes that are measured.")
  var minutes = 5.0
  @Option(help: "What students send: video/x-vp8, image/jpeg or video/webm;codecs=vp8.")
  var media = "video/x-vp8"
  @Option(
    help: "Recording of your own to send: an IVF file with VP8, JPEG pictures one after the other, or WebM.")
  var upload: String?
  @Option(help: "Pictures a second of a file of JPEG pictures.")
  var uploadFps = 10.0
  @Option(help: "Folder with the recordings that come with the program.")
  var recordingsDir = "Recordings"
  @Option(help: "Students whose picture freezes now and then (default: one of 50).")
  var frozen: Int?
  @Option(help: "Students whose camera is covered now and then (default: one of 50).")
  var dark: Int?
  @Option(help: "Students who leave their seat now and then (default: one of 50).")
  var absent: Int?
  @Option(help: "Students who lose their connection now and then (default: one of 50).")
  var reconnecting: Int?
  @Option(help: "Tiles a second of each student that each teacher asks for.")
  var tileFps = 2.0
  @Flag(
    inversion: .prefixedNo, help: "Each teacher also looks at one student closely, at 10 pictures a second.")
  var focus = true
  @Option(
    help:
      "File with the server's teacher password, where it is not in the environment as EXAM_MONITORING_TEACHER_PASSWORD."
  )
  var teacherPasswordFile: String?
  @Flag(help: "Trust a certificate that the server made itself.")
  var insecure = false
  @Option(help: "The server's process on this machine, where it is not found by its port.")
  var serverPid: Int?
  @Option(
    help: "Students who come in a second. The server lets 200 of one address in at once, then two a second.")
  var joinsPerSecond = 20.0
  @Option(help: "Seconds from when everybody is there until the measuring begins.")
  var warmUp = 3.0
  @Option(help: "Seconds after the end until the server's memory is looked at; 0: not at all.")
  var settle = 10.0
  @Option(help: "Seconds between two lines of progress.")
  var progress = 2.0
  @Option(help: "File to write all figures to, as JSON.")
  var json: String?

  @Option(help: "Limit: milliseconds from capture to tile for 99 of 100 tiles.")
  var limitTileMs = 250.0
  @Option(help: "Limit: seconds without a check of any one student.")
  var limitUnchecked = 1.5
  @Option(help: "Limit: connections lost.")
  var limitLosses = 0
  @Option(help: "Limit: share of the frames that are lost, 0 to 1.")
  var limitLostFrames = 0.01
  @Option(help: "Limit: alerts that should come and do not.")
  var limitMissedAlerts = 0
  @Option(help: "Limit: alerts that should not come.")
  var limitFalseAlerts = 0

  func run() async throws {
    let rehearsal = Rehearsal(try rehearsalConfiguration())
    let signals = await ProcessSignals([SIGINT, SIGTERM])
    let listening = Task { for await _ in signals.stream { rehearsal.stop() } }
    defer { listening.cancel() }
    let report: RehearsalReport
    do {
      report = try await rehearsal.run(reportFile: json)
    } catch {
      try? FileHandle.standardError.write(contentsOf: Data("Error: \(error)\n".utf8))
      throw ExitCode(2)
    }
    if !report.held { throw ExitCode(1) }
  }

  private func rehearsalConfiguration() throws -> RehearsalConfiguration {
    var configuration = RehearsalConfiguration(url: url)
    configuration.students = students
    configuration.teachers = teachers
    configuration.minutes = minutes
    configuration.media = media
    configuration.upload = upload
    configuration.uploadRate = uploadFps
    configuration.recordingsFolder = recordingsDir
    configuration.frozen = frozen
    configuration.dark = dark
    configuration.absent = absent
    configuration.reconnecting = reconnecting
    configuration.tileRate = tileFps
    configuration.focus = focus
    // The file is requested explicitly; the environment of a server running beside it may be of another one.
    configuration.teacherPassword = try TeacherPassword.read(
      text: teacherPasswordFile == nil
        ? ProcessInfo.processInfo.environment["EXAM_MONITORING_TEACHER_PASSWORD"] : nil,
      file: teacherPasswordFile)
    configuration.trustsAnyCertificate = insecure
    configuration.serverPID = serverPid
    configuration.joinRate = joinsPerSecond
    configuration.warmUpSeconds = warmUp
    configuration.settleSeconds = settle
    configuration.progressSeconds = progress
    configuration.limits.tileLatencyMilliseconds = limitTileMs
    configuration.limits.uncheckedSeconds = limitUnchecked
    configuration.limits.connectionLosses = Double(limitLosses)
    configuration.limits.lostFrames = limitLostFrames
    configuration.limits.missedAlerts = Double(limitMissedAlerts)
    configuration.limits.falseAlerts = Double(limitFalseAlerts)
    return configuration
  }
}
