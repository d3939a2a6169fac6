import GLibRuntime

/// All participants, and the one timer that tells each when something is due.
@SimulatorActor
final class Participants {
  /// Milliseconds. No turn of the loop is shorter, and a camera is not that punctual.
  private static let beat = 2

  var tally = Tally()
  var alerts = AlertBook()
  private(set) var students: [StudentClient] = []
  private(set) var teachers: [TeacherClient] = []

  let client: HTTPClient
  private var behaviours: [String: Behaviour] = [:]
  private var timer: MainContextTimer?
  /// When measuring began, in microseconds of `monotonicMicroseconds`.
  private var start: Int64?

  init(client: HTTPClient) {
    self.client = client
    timer = MainContextTimer(every: Self.beat, on: SimulatorActor.executor.mainContext) { [weak self] in
      SimulatorActor.assumeIsolated { self?.serveDue() }
    }
  }

  isolated deinit { timer?.cancel() }

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

  /// A teacher received a confirmed alert.
  func alertCame(_ kind: String, student: String) {
    guard let seconds = secondsSinceStart(monotonicMicroseconds()) else { return }
    alerts.confirmed(kind, student: student, behaviour: behaviours[student] ?? .ordinary, at: seconds)
  }

  private func serveDue() {
    for student in students { student.tick(at: monotonicMicroseconds()) }
    for teacher in teachers { teacher.tick(at: monotonicMicroseconds()) }
  }
}
