import ExamModel
import Foundation
import Synchronization

@testable import ExamServer

extension TextCatalogue {
  static var english: TextCatalogue { ReportLook.english.words }
}

extension ReportLook {
  static let english: ReportLook = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    do {
      return try WebFolder.reportLook(root.appending(path: "Web").path)
    } catch {
      fatalError("\(error)")
    }
  }()
}

extension ReportClock {
  init(zone: TimeZone, from start: Timestamp, telling span: ReportSpan? = nil) {
    self.init(zone: zone, from: start, telling: span, words: .english)
  }
}

extension ReportFormat {
  func text(
    _ report: SessionReport, zone: TimeZone, picture: @escaping (AlertID) throws -> [UInt8]?
  ) -> String { text(report, zone: zone, look: .english, picture: picture) }
}

/// Writes the journal of an exam explicitly, in minutes from its start on 24 November 2025, 08:00 UTC.
struct HandWrittenExam {
  static let code = SessionCode("482913")!
  static let start = Timestamp(microseconds: 1_763_971_200_000_000)
  static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]

  var events: [JournalEvent] = []
  var title = "Analysis I"
  var endedAt: Timestamp?

  static func at(_ minutes: Double) -> Timestamp {
    start.advanced(by: .milliseconds(Int64((minutes * 60_000).rounded())))
  }

  private let created: Double

  init(teachers: [String] = ["Alan Turing"], from minutes: Double = 0) {
    created = minutes
    add(minutes, .sessionCreated, fields: ["title": title])
    for (index, name) in teachers.enumerated() {
      add(minutes, .joined, "t\(index)", name: name, fields: ["role": "teacher"])
    }
  }

  mutating func add(
    _ minutes: Double, _ kind: JournalEvent.Kind, _ participant: String? = nil,
    _ payload: JournalEvent.Payload? = nil, name: String? = nil, fields: [String: String] = [:]
  ) {
    events.append(
      JournalEvent(
        at: Self.at(minutes), session: Self.code, kind: kind,
        participant: participant.map(ParticipantID.init(rawValue:)), name: name, fields: fields,
        payload: payload
      ))
  }

  mutating func student(_ id: String, _ name: String, joins minutes: Double = 5, connects: Bool = true) {
    add(minutes, .joined, id, name: name, fields: ["role": "student"])
    guard connects else { return }
    add(minutes, .connected, id)
    add(minutes, .streamBegan, id)
  }

  /// - Parameter change: what happened to it after it was confirmed.
  mutating func alert(
    _ id: String, of student: String, _ kind: AlertKind, from: Double, until: Double?,
    picture: Bool = false, _ change: (inout AlertRecord) -> Void = { _ in }
  ) {
    let rule = AlertRules.standard.rules[kind]!
    var record = AlertRecord(
      id: AlertID(rawValue: id), student: ParticipantID(rawValue: student), kind: kind,
      severity: rule.severity, since: Self.at(from), confidence: 0.9,
      thresholds: AlertThresholds(
        window: rule.window.inSeconds, share: rule.share, limit: rule.limit, baseline: nil,
        cooldown: rule.cooldown.inSeconds))
    if picture { record.picture = "/pictures/\(id).jpg" }
    add(from, .alertConfirmed, student, .alert(record))
    if let until {
      record.until = Self.at(until)
      record.duration = (until - from) * 60
      record.state = .cleared
    }
    change(&record)
    add(until ?? from, until == nil ? .alertAcknowledged : .alertCleared, student, .alert(record))
  }

  /// - Parameter verdict: `nil` takes it back.
  mutating func judge(
    _ id: String, _ verdict: AlertVerdict?, by name: String = "Alan Turing", at minutes: Double
  ) {
    let alert = events.reversed().lazy.compactMap { event in
      if case .alert(let alert) = event.payload, alert.id.rawValue == id { alert } else { nil }
    }.first!
    let judgement = verdict.map { AlertJudgement($0, by: name, at: Self.at(minutes)) }
    add(minutes, .alertJudged, "t0", .judgedAlert(AlertWithVerdict(alert, judgement)), name: name)
  }

  mutating func end(_ minutes: Double) {
    add(minutes, .sessionEnded)
    endedAt = Self.at(minutes)
  }

  var record: SessionRecord {
    SessionRecord(
      code: Self.code, title: title, createdAt: Self.at(created), teacherKeyHash: "hash", endedAt: endedAt)
  }

  func report(at minutes: Double = 200, lastAlive: Double? = nil) -> SessionReport {
    SessionReport(
      record: record, state: ExamState(record.code, events, bounds: .none), generatedAt: Self.at(minutes),
      lastAlive: lastAlive.map(Self.at))
  }

  func page(at minutes: Double = 200, picture: @escaping (AlertID) throws -> [UInt8]? = { _ in Self.jpeg })
    -> String
  {
    var report = report(at: minutes)
    report.checkPictures { try picture($0).map { KeptPicture($0) } }
    return ReportFormat.html.text(report, zone: ReportClock.utc, picture: picture)
  }

  /// An example with some of everything.
  static var rich: HandWrittenExam {
    var exam = HandWrittenExam(teachers: ["Alan Turing", "Emmy Noether"])
    exam.student("p1", "Zoë Çelik")
    exam.student("p2", "Ada Lovelace")
    exam.add(
      6, .calibrated, "p2",
      .baseline(Baseline(yaw: -12, faceHeight: 0.31, luminance: 112, edges: 40, checks: 14)))
    exam.add(
      7, .accommodated, "p2",
      .accommodation(
        Accommodation(
          kind: .alert(.lookingAway), effect: .loosen, factor: 2, until: at(60),
          reason: "Second sheet to the left", by: "Alan Turing", at: at(7))))
    exam.add(11, .blindSpot, "p2", .blindSpot(BlindSpot(from: at(10), until: at(11), cause: .overload)))
    exam.add(13, .blindSpot, "p2", .blindSpot(BlindSpot(from: at(12.5), until: at(13), cause: .overload)))
    exam.add(14, .blindSpot, "p2", .blindSpot(BlindSpot(from: at(13.9), until: at(14), cause: .keyFrame)))
    exam.add(20, .paused, nil, .pause(Pause(reason: "Fire drill", by: "Emmy Noether", at: at(20))))
    exam.add(24, .resumed)
    exam.alert("a1", of: "p2", .lookingAway, from: 30, until: 30.5, picture: true) {
      $0.acknowledgedBy = "Emmy Noether"
      $0.note = "Looks at the clock."
      $0.studentNote = "The clock hangs on the left."
      $0.repeats = 2
      $0.thresholds.baseline = -12
    }
    exam.alert("a2", of: "p2", .faceMissing, from: 40, until: 40.25)
    exam.add(50, .disconnected, "p2")
    exam.add(52, .connected, "p2")
    for (index, to) in [ChatRecipient.participant(ParticipantID(rawValue: "p2")), .all].enumerated() {
      exam.add(
        55, .chat, "t0",
        .chat(
          ChatMessage(
            from: ParticipantID(rawValue: "t0"), name: "Alan Turing", role: .teacher, to: to,
            text: "Private words \(index)", at: at(55))))
    }
    exam.add(
      56, .chat, "p2",
      .chat(
        ChatMessage(
          from: ParticipantID(rawValue: "p2"), name: "Ada Lovelace", role: .student, to: .teachers,
          text: "May I ask?", at: at(56))))
    exam.end(65)
    return exam
  }
}

/// Holds a few sessions that a test gave it.
final class StubStore: Archive, ArchiveReader {
  private let exams: [HandWrittenExam]
  private let others: [SessionRecord]
  private let erased: [ErasureReceipt]
  private let pictures: [String: [UInt8]]
  private let readsPictures: Bool
  let lastAlive: Timestamp?
  let clocks: ClockRecord? = nil

  struct Broken: Error, CustomStringConvertible {
    let description = "the disk says no"
  }

  init(
    _ exams: [HandWrittenExam] = [], others: [SessionRecord] = [], erased: [ErasureReceipt] = [],
    pictures: [String: [UInt8]] = [:], readsPictures: Bool = true, lastAlive: Timestamp? = nil
  ) {
    self.exams = exams
    self.others = others
    self.erased = erased
    self.pictures = pictures
    self.readsPictures = readsPictures
    self.lastAlive = lastAlive
  }

  func sessions(isLive: Bool?) throws -> [SessionRecord] { exams.map(\.record) + others }
  func session(_ code: SessionCode) throws -> SessionRecord? {
    exams.first { $0.record.code == code }?.record
  }
  func participants(of session: SessionCode) throws -> [ParticipantRecord] { [] }
  func participant(of session: SessionCode, tokenHash: String) throws -> ParticipantRecord? { nil }
  func events(
    of session: SessionCode, _ choice: EventChoice, after position: JournalPosition?
  ) throws -> JournalPage {
    JournalPage(events: exams.first { $0.record.code == session }?.events ?? [], next: nil)
  }
  func alert(_ id: AlertID, in session: SessionCode) throws -> AlertRecord? { nil }
  func alerts(about student: ParticipantID, in session: SessionCode) throws -> [AlertRecord] { [] }
  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]? {
    if alert.rawValue == "broken" || !readsPictures { throw Broken() }
    return pictures[alert.rawValue]
  }
  func keptPicture(of alert: AlertID, in session: SessionCode) throws -> KeptPicture? {
    if alert.rawValue == "broken" { throw Broken() }
    return pictures[alert.rawValue].map { KeptPicture($0) }
  }
  func read<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws -> Value { try body(self) }
  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) throws -> ErasureReceipt? { nil }
  func eraseSessions(endedBefore time: Timestamp) throws -> [ErasureReceipt] { [] }
  func receipts() throws -> [ErasureReceipt] { erased }
}

/// The output of a command.
final class Lines: Sendable {
  private let all = Mutex<[String]>([])
  var lines: [String] { all.withLock { $0 } }
  func add(_ line: String) { all.withLock { $0.append(line) } }
}
