import ExamModel
import Foundation

/// Everything that a report says about a session, whatever its format. It is derived from the journal alone, so it is
/// the same at any time.
struct SessionReport: Sendable {
  /// A picture that should be there.
  struct PictureProblem: Sendable, Hashable, CustomStringConvertible {
    let alert: AlertID
    let student: String
    let kind: AlertKind
    let since: Timestamp
    /// The error from reading it, for an operator; `nil` if the file is simply missing.
    let reason: String?

    var description: String {
      "the picture of alert \(alert) (\(student), \(kind.rawValue), \(since)) "
        + (reason.map { "cannot be used: \($0)" } ?? "is missing")
    }
  }

  /// A student to look at first, and why.
  struct Attention: Sendable {
    let student: ReportStudent
    let reasons: [String]
  }

  let code: SessionCode
  let title: String
  let from: Timestamp
  /// The session's end, or the last known time of an unfinished one.
  let until: Timestamp
  let isFinished: Bool
  /// Why it ended, and the name of the teacher who ended it; `nil` if it is unfinished.
  let ending: (reason: EndReason, by: String?)?
  let generatedAt: Timestamp
  /// In the order in which they joined.
  let teachers: [String]
  let chatMessages: Int
  /// How many events there were of each kind unknown to this version, by kind.
  let unknownEvents: [(kind: String, count: Int)]
  /// By name.
  private(set) var students: [ReportStudent]
  private(set) var pictureProblems: [PictureProblem] = []

  /// - Parameters:
  ///   - generatedAt: now; where a running session ends for the report.
  ///   - lastAlive: when the server is last known to have been alive, if it may not be running. After a crash nothing
  ///     is known about the time from then on, and nobody is reported to have been there.
  init(
    record: SessionRecord, state: ExamState, generatedAt: Timestamp, lastAlive: Timestamp? = nil
  ) {
    code = record.code
    title = record.title
    from = record.createdAt
    self.generatedAt = generatedAt
    let end = record.endedAt ?? state.endedAt
    isFinished = end != nil
    ending = state.ending
    let known = max(lastAlive ?? generatedAt, state.lastEventAt ?? record.createdAt)
    let until = max(record.createdAt, end ?? min(known, generatedAt))
    self.until = until
    teachers = state.people.filter { $0.role == .teacher }.map(\.name)
    chatMessages = state.chat.count
    unknownEvents = state.unknown.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }

    let all = state.alerts.all.map { ReportStudent.Alert($0, in: state.alerts, until: until) }
    let alerts = Dictionary(grouping: all, by: \.record.student)
    var students = state.students.map {
      ReportStudent($0, alerts: alerts[$0.id] ?? [], chat: state.chat.lines, until: until)
    }
    let joined = Set(students.map(\.id))
    students += alerts.filter { !joined.contains($0.key) }.map {
      ReportStudent(unknown: $0.key, alerts: $0.value)
    }
    self.students = Self.sorted(students)
  }

  /// The report of a stored session, its pictures checked; `nil` for an unknown one.
  ///
  /// - Throws: the store's error when it cannot be read.
  static func read(
    _ code: SessionCode, from archive: any ArchiveReader, at now: Timestamp, lastAlive: Timestamp? = nil
  ) throws -> SessionReport? {
    guard let record = try archive.session(code) else { return nil }
    var report = SessionReport(
      record: record, state: try archive.state(of: code), generatedAt: now, lastAlive: lastAlive)
    report.checkPictures { try archive.keptPicture(of: $0, in: code) }
    return report
  }

  /// By name as people sort them; students who share a name are marked.
  private static func sorted(_ students: [ReportStudent]) -> [ReportStudent] {
    let keyed = students.map { student in
      let key = student.name.folding(
        options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
      return (key: key, joined: student.joinedAt?.microseconds ?? 0, student: student)
    }
    let counts = Dictionary(keyed.map { ($0.key, 1) }, uniquingKeysWith: +)
    return
      keyed
      .sorted { ($0.key, $0.joined, $0.student.id.rawValue) < ($1.key, $1.joined, $1.student.id.rawValue) }
      .map {
        var student = $0.student
        student.isNameShared = counts[$0.key, default: 0] > 1
        return student
      }
  }

  // MARK: Pictures

  /// Checks whether the pictures that should be there are, and notes which are not.
  ///
  /// - Parameter picture: examines the beginning of one, since all pictures of an exam are too much to read for this;
  ///   `nil` if the file is gone.
  mutating func checkPictures(_ picture: (AlertID) throws -> KeptPicture?) {
    for student in students.indices {
      for index in students[student].alerts.indices where students[student].alerts[index].picture == .kept {
        let alert = students[student].alerts[index].record
        var reason: String?
        do {
          guard let kept = try picture(alert.id) else {
            students[student].alerts[index].picture = .missing
            note(alert, of: students[student].name, reason: nil)
            continue
          }
          if !kept.isJPEG { reason = "the file holds no JPEG (\(kept.bytes) bytes)" }
        } catch {
          reason = "\(error)"
        }
        guard let reason else { continue }
        students[student].alerts[index].picture = .unreadable
        note(alert, of: students[student].name, reason: reason)
      }
    }
  }

  private mutating func note(_ alert: AlertRecord, of student: String, reason: String?) {
    pictureProblems.append(
      PictureProblem(
        alert: alert.id, student: student, kind: alert.kind, since: alert.since, reason: reason))
  }

  // MARK: Sums

  var alerts: [AlertRecord] { students.flatMap { $0.alerts.map(\.record) } }
  var openAlerts: Int { students.reduce(0) { $0 + $1.openAlerts } }
  var blindSeconds: Double { students.reduce(0) { $0 + $1.blindSeconds } }

  /// The time in which students were there, which the timelines show: a session may be created the day before and ended
  /// the day after, and the exam would be a speck in it.
  var shown: ReportSpan {
    let whole = ReportSpan(from: from, until: until, isOpen: !isFinished)
    let spans = students.flatMap { student in
      student.presence + student.pauses.map(\.span).filter { !$0.isOpen }
        + student.alerts.map(\.span).filter { !$0.isOpen }
    }
    .compactMap { $0.clipped(to: whole) }
    guard let first = spans.map(\.from).min(), let last = spans.map(\.until).max(), first < last else {
      return whole
    }
    return ReportSpan(from: first, until: isFinished ? last : until, isOpen: !isFinished)
  }

  /// Who to look at first: the most open and unseen alerts on top, then by name.
  func attention(_ t: TextCatalogue) -> [Attention] {
    students.map { Attention(student: $0, reasons: t.reasons(for: $0, isFinished: isFinished)) }
      .filter { !$0.reasons.isEmpty }
      .enumerated()
      .sorted {
        let (left, right) = ($0.element.student, $1.element.student)
        return (-left.openAlerts, -left.unseenAlerts, $0.offset) < (
          -right.openAlerts, -right.unseenAlerts, $1.offset
        )
      }
      .map(\.element)
  }
}
