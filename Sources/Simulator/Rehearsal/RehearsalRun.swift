import Foundation
import GLibRuntime
import Glibc

/// One run of a rehearsal from beginning to end.
@SimulatorActor
final class RehearsalRun {
  /// Seconds that everybody has to connect after joining.
  private static let entryPatience = 30.0

  private let configuration: RehearsalConfiguration
  private let recordings: RecordingLibrary
  private let api: ExamAPI
  private let participants: Participants
  private let process: ProcessWatch?
  private let ourselves = ProcessWatch(pid: Int(getpid()))
  private var progress = ProgressLine()
  private var verdict: Verdict

  private struct Look {
    let at: Int64
    var metrics: ScrapedMetrics
    let serverCPU: Double
    let ownCPU: Double
  }

  private var memoryPeak = 0.0

  init(
    _ configuration: RehearsalConfiguration, teacherPassword: String?, recordings: RecordingLibrary
  ) throws {
    self.configuration = configuration
    self.recordings = recordings
    let address = try ServerAddress(configuration.url)
    let client = HTTPClient(base: address, trustsAnyCertificate: configuration.insecure)
    api = ExamAPI(client: client, password: teacherPassword)
    participants = Participants(client: client)
    verdict = Verdict(limits: configuration.limits)
    if let pid = configuration.serverPid {
      guard let watch = ProcessWatch(pid: pid) else {
        throw RehearsalError("--server-pid: there is no process \(pid).")
      }
      process = watch
    } else {
      process = address.isLocal ? ProcessWatch(port: address.port) : nil
    }
  }

  /// - Throws: `RehearsalError` if it cannot begin.
  func run() async throws -> RehearsalReport {
    let memoryBegin = process?.residentMegabytes ?? 0
    let kinds = try await api.alertKinds()
    for behaviour in Set(configuration.behaviours) { try behaviour.check(kinds) }
    let teacher = try await api.createSession()
    do {
      try await enter(teacher)
      // The server may be slow to answer, so everything counted here begins and ends by this clock alone.
      let metrics = await api.metrics()
      participants.beginMeasuring()
      let begin = look(metrics ?? ScrapedMetrics())
      await measure(from: begin)
      let (tally, alerts) = (participants.tally, participants.alerts)
      var end = look(ScrapedMetrics())
      end.metrics = await api.metrics() ?? begin.metrics
      let memoryEnd = process?.residentMegabytes ?? 0
      await leave(teacher)
      let memoryAfter = await settle()
      let memory = process.map { _ in Memory(begin: memoryBegin, end: memoryEnd, after: memoryAfter) }
      let report = report(from: begin, to: end, tally: tally, alerts: alerts, memory: memory)
      progress.print([""] + ReportText.lines(of: report))
      return report
    } catch {
      await leave(teacher)
      throw error
    }
  }

  // MARK: Joining

  private func enter(_ creator: ExamAPI.Seat) async throws {
    let behaviours = configuration.behaviours
    for (index, behaviour) in behaviours.enumerated() where !Task.isCancelled {
      let began = ContinuousClock.now
      let seat = try await join("Student \(index + 1)", asTeacher: false)
      guard let seat else { break }
      let student = StudentClient(
        index: index, id: seat.participant_id, behaviour: behaviour, address: api.socket(seat),
        clips: recordings.clips(of: behaviour), participants: participants)
      participants.add(student)
      student.start()
      if index % 10 == 9 { progress.show("coming in: \(index + 1) of \(behaviours.count) students") }
      try? await Task.sleep(until: began + .seconds(1 / configuration.joinsPerSecond))
    }
    for number in 0..<configuration.teachers where !Task.isCancelled {
      let seat = number == 0 ? creator : try await join("Teacher \(number + 1)", asTeacher: true)
      guard let seat else { break }
      let focus = configuration.focus ? participants.students[number % participants.students.count].id : nil
      let teacher = TeacherClient(
        address: api.socket(seat),
        wishes: .init(tileRate: configuration.tileFps, focus: focus, countsAlerts: number == 0),
        participants: participants)
      participants.add(teacher)
      do {
        try await teacher.connect()
      } catch {
        throw RehearsalError("A teacher's socket could not be opened: \(error)")
      }
    }
    try await waitUntilAllStream()
    await sleep(configuration.warmUp)
  }

  private func join(_ name: String, asTeacher: Bool) async throws -> ExamAPI.Seat? {
    try await api.join(name: name, asTeacher: asTeacher) { wait in
      progress.show("coming in: the server lets the next one in after \(Int(wait)) s")
    }
  }

  private func waitUntilAllStream() async throws {
    let deadline = ContinuousClock.now + .seconds(Self.entryPatience)
    while !Task.isCancelled {
      let streaming = participants.students.count(where: \.isStreaming)
      let welcome = participants.teachers.count(where: \.isWelcome)
      if streaming == participants.students.count, welcome == participants.teachers.count { return }
      if ContinuousClock.now > deadline {
        let reason = participants.tally.lossReasons.max { $0.value < $1.value }?.key
        let error = participants.tally.serverErrors.max { $0.value < $1.value }?.key
        throw RehearsalError(
          "Only \(streaming) of \(participants.students.count) students and \(welcome) of \(participants.teachers.count) teachers came in "
            + "within \(Int(Self.entryPatience)) s\(reason.map { "; a connection said: \($0)" } ?? "")"
            + "\(error.map { "; the server said: \($0)" } ?? "").")
      }
      await sleep(0.1)
    }
  }

  // MARK: Measuring

  private func look(_ metrics: ScrapedMetrics) -> Look {
    Look(
      at: monotonicMicroseconds(), metrics: metrics, serverCPU: process?.cpuSeconds ?? 0,
      ownCPU: ourselves?.cpuSeconds ?? 0)
  }

  private func measure(from begin: Look) async {
    let deadline = begin.at + Int64(configuration.minutes * 60_000_000)
    var before = begin
    var offered = 0
    while !Task.isCancelled, monotonicMicroseconds() < deadline {
      let rest = Double(deadline - monotonicMicroseconds()) / 1_000_000
      await sleep(min(configuration.progress, max(0, rest)))
      let now = look(await api.metrics() ?? before.metrics)
      memoryPeak = max(memoryPeak, process?.residentMegabytes ?? 0)
      let recent = participants.tally.recentTiles
      participants.tally.recentTiles = LatencyHistogram()
      show(now, before: before, begin: begin, recent: recent, offered: participants.tally.offered - offered)
      offered = participants.tally.offered
      before = now
    }
  }

  private func show(_ now: Look, before: Look, begin: Look, recent: LatencyHistogram, offered: Int) {
    let seconds = Double(now.at - begin.at) / 1_000_000
    let passed = Double(now.at - before.at) / 1_000_000
    var values = values(tally: participants.tally, alerts: participants.alerts, from: begin, to: now)
    values[.tileLatency] = recent.percentile(0.99).map { Double($0) / 1000 } ?? passed * 1000
    verdict.look(at: seconds, values)
    let streaming = participants.students.count(where: \.isStreaming)
    func milliseconds(_ share: Double) -> String { recent.percentile(share).map { "\($0 / 1000)" } ?? "-" }
    var text =
      "\(Int(seconds.rounded())) s: \(streaming)/\(participants.students.count) students, \(Int(Double(offered) / passed)) frames/s, "
      + "tile p50 \(milliseconds(0.5)) p99 \(milliseconds(0.99)) ms"
    if let process {
      let share = (now.serverCPU - before.serverCPU) / passed
      text += ", server \(Int(share * 100)) % CPU, \(Int(process.residentMegabytes ?? 0)) MB"
    }
    progress.show(text)
  }

  private func values(
    tally: Tally, alerts: AlertBook, from begin: Look, to end: Look
  ) -> [Verdict.Limit: Double] {
    let elapsed = Double(end.at - begin.at) / 1000
    var values: [Verdict.Limit: Double] = [
      // If not a single tile came, none came in all that time.
      .tileLatency: tally.tiles.percentile(0.99).map { Double($0) / 1000 } ?? elapsed,
      .connectionLosses: Double(tally.connectionLosses),
      .lostFrames: lostShare(tally, drops: end.metrics.drops(since: begin.metrics)),
      .missedAlerts: Double(alerts.missed.values.reduce(0, +)),
      .falseAlerts: Double(alerts.falseAlerts.count),
    ]
    values[.unchecked] = end.metrics.longestUnchecked(since: begin.metrics)
    return values
  }

  /// Of the frames offered by students who should have been connected.
  private func lostShare(_ tally: Tally, drops: [String: Int]) -> Double {
    // What nobody needed is not lost.
    let dropped = drops.filter { $0.key != "not_needed" }.values.reduce(0, +)
    let lost = tally.windowFull + tally.awaitingKeyFrame + dropped
    return Double(lost) / Double(max(1, tally.offered))
  }

  // MARK: The end

  private func leave(_ teacher: ExamAPI.Seat) async {
    if let problem = await api.endSession(teacher) {
      progress.print(["The session could not be ended: \(problem)"])
    }
    participants.everybodyLeaves()
  }

  /// Waits until the server has had time to release memory.
  private func settle() async -> Double? {
    guard process != nil, configuration.settle > 0 else { return nil }
    progress.show(
      "the session is over; looking at the server's memory in \(Int(configuration.settle)) s")
    await sleep(configuration.settle)
    // If the rehearsal was ended early, this is skipped too.
    return Task.isCancelled ? nil : process?.residentMegabytes
  }

  private struct Memory {
    let begin: Double
    let end: Double
    let after: Double?
  }

  private func report(
    from begin: Look, to end: Look, tally: Tally, alerts: AlertBook, memory: Memory?
  ) -> RehearsalReport {
    let seconds = Double(end.at - begin.at) / 1_000_000
    let counters = end.metrics.growth(since: begin.metrics)
    let drops = end.metrics.drops(since: begin.metrics)
    let received = counters["exam_frames_received_total"].map { Int($0) }
    let values = values(tally: tally, alerts: alerts, from: begin, to: end)
    verdict.look(at: seconds, values)
    let violations = verdict.violations(at: seconds, values)
    let serverCPU = end.serverCPU - begin.serverCPU
    let ownCPU = end.ownCPU - begin.ownCPU
    let sent = Double(max(1, tally.sent))
    return RehearsalReport(
      held: violations.isEmpty, violations: violations, limits: verdict.limits,
      interrupted: Task.isCancelled && seconds < configuration.minutes * 60 - 1,
      students: participants.students.count, teachers: participants.teachers.count,
      behaviours: Dictionary(participants.students.map { ($0.behaviour.rawValue, 1) }, uniquingKeysWith: +),
      media: recordings.description, tile_fps: configuration.tileFps, focus: configuration.focus,
      seconds: seconds,
      frames: .init(
        offered: tally.offered, offered_per_second: Double(tally.offered) / seconds, sent: tally.sent,
        sent_bytes: tally.bytesSent, acknowledged: tally.acknowledged,
        accepted: received.map { _ in max(0, tally.acknowledged - drops.values.reduce(0, +)) },
        received: received,
        not_sent: [
          "window_full": tally.windowFull, "waiting_for_key_frame": tally.awaitingKeyFrame,
          "not_connected": tally.notConnected,
        ], dropped_by_server: drops, lost_share: lostShare(tally, drops: drops)),
      tiles: .init(tally.tiles), focus_pictures: .init(tally.focus),
      acknowledgements: .init(tally.acknowledgements),
      tiles_per_second: Double(tally.tiles.count) / seconds,
      pictures_per_second: Double(tally.tiles.count + tally.focus.count) / seconds,
      longest_unchecked_s: values[.unchecked],
      alerts: .init(
        delays: alerts.delays.mapValues { .init($0) }, missed: alerts.missed, false_alerts: alerts.falseAlerts
      ),
      connections: .init(
        lost: tally.connectionLosses, reasons: tally.lossReasons, planned_reconnects: tally.plannedReconnects,
        coming_back: .init(tally.comingBack)),
      server_errors: tally.serverErrors, server_counters: counters,
      server: memory.flatMap { memory in
        process.map { process in
          .init(
            pid: process.pid, cpu_seconds: serverCPU, cpu_share: serverCPU / seconds,
            cpu_ms_per_frame: 1000 * serverCPU / sent, memory_begin_mb: memory.begin,
            memory_peak_mb: max(memoryPeak, memory.end), memory_end_mb: memory.end,
            memory_after_mb: memory.after)
        }
      },
      simulator: .init(
        cpu_seconds: ownCPU, cpu_share: ownCPU / seconds, cpu_us_per_frame: 1_000_000 * ownCPU / sent,
        lateness: .init(tally.lateness)))
  }

  // MARK: Parts

  /// Waits, but no longer than until the rehearsal is ended early.
  private func sleep(_ seconds: Double) async { try? await Task.sleep(for: .seconds(seconds)) }
}
