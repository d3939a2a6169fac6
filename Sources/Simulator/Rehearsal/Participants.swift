import CGLibShims
import CSoup
import GLibRuntime

/// All participants, and the one timer that tells each when a frame is due.
@SimulatorActor
final class Participants {
  var tally = Tally()
  var alerts = AlertBook()
  private(set) var students: [StudentClient] = []
  private(set) var teachers: [TeacherClient] = []

  private let client: HTTPClient
  private var behaviours: [String: Behaviour] = [:]
  /// Students by their index; teachers, whose acknowledgements are due, by -1, -2 and so on.
  private var pacer = Pacer()
  private let timer: UnsafeMutablePointer<GSource>
  /// When measuring began, in microseconds of `monotonicMicroseconds`.
  private var start: Int64?

  init(client: HTTPClient) {
    self.client = client
    timer = exam_wakeup_source_new(somebodyIsDue, nil)
    // They live until `close`, which destroys the source.
    g_source_set_callback(timer, somebodyIsDue, Unmanaged.passUnretained(self).toOpaque(), nil)
    g_source_attach(timer, SimulatorActor.executor.mainContext.pointer)
  }

  isolated deinit {
    g_source_destroy(timer)
    g_source_unref(timer)
  }

  func add(_ student: StudentClient) {
    students.append(student)
    behaviours[student.id] = student.behaviour
  }

  func add(_ teacher: TeacherClient) { teachers.append(teacher) }

  /// Starts measuring: earlier counts are discarded, and special behaviour begins.
  func beginMeasuring() {
    tally = Tally()
    alerts = AlertBook()
    start = monotonicMicroseconds()
  }

  /// Seconds since measuring began; nil before.
  func secondsSinceStart(_ now: Int64) -> Double? { start.map { Double(now - $0) / 1_000_000 } }

  func everybodyLeaves() {
    students.forEach { $0.leave() }
    teachers.forEach { $0.leave() }
  }

  func open(_ address: HTTPClient.SocketAddress) async throws -> ClientSocket {
    try await client.webSocket(address)
  }

  /// A teacher received a confirmed alert.
  func alertCame(_ kind: String, student: String) {
    guard let seconds = secondsSinceStart(monotonicMicroseconds()) else { return }
    alerts.confirmed(kind, student: student, behaviour: behaviours[student] ?? .ordinary, at: seconds)
  }

  // MARK: Time

  func wake(_ student: Int, at due: Int64) { schedule(student, at: due) }

  func acknowledgeSoon(_ teacher: Int, at due: Int64) { schedule(-1 - teacher, at: due) }

  private func schedule(_ id: Int, at due: Int64) {
    pacer.add(id, due: due)
    // Never later than it was: an earlier one may be waiting.
    if let next = pacer.nextDue { g_source_set_ready_time(timer, gint64(next)) }
  }

  fileprivate func serveDue() {
    let now = monotonicMicroseconds()
    while let (id, due) = pacer.take(at: now) {
      if id < 0 {
        teachers[-1 - id].acknowledgeDue(now)
      } else if let next = students[id].tick(due: due, now: monotonicMicroseconds()) {
        // Not in this round, or one that is always late would starve the sockets.
        pacer.add(id, due: max(next, now + 1))
      }
    }
    g_source_set_ready_time(timer, gint64(pacer.nextDue ?? -1))
  }
}

private func somebodyIsDue(_ data: gpointer?) -> gboolean {
  let participants = Unmanaged<Participants>.fromOpaque(data!).takeUnretainedValue()
  SimulatorActor.assumeIsolated { participants.serveDue() }
  return 1  // G_SOURCE_CONTINUE
}
