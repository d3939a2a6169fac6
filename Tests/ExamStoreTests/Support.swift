import Dispatch
import ExamModel
import Foundation
import GRDB
import Synchronization
import Testing

@testable import ExamStore

/// A folder of its own for one test, and what a store in it reported.
final class TestFolder: Sendable {
  let data: DataFolder
  private let lines = Mutex<[String]>([])

  private let isTemporary: Bool

  /// - Parameter isTemporary: whether it is removed with the test.
  init(_ path: String? = nil, isTemporary: Bool = true) throws {
    self.isTemporary = isTemporary
    data = try DataFolder(
      preparing: path ?? FileManager.default.temporaryDirectory.appending(path: "exam-store-\(UUID())").path)
  }

  deinit { if isTemporary { try? FileManager.default.removeItem(atPath: data.path) } }

  var reports: [String] { lines.withLock { $0 } }
  var report: @Sendable (String) -> Void { { line in self.lines.withLock { $0.append(line) } } }

  func store(isFresh: Bool = false, limits: StoreLimits = StoreLimits()) throws -> SQLiteStore {
    try SQLiteStore(folder: data, isFresh: isFresh, limits: limits, report: report)
  }

  /// Changes the database like another program.
  func tamper(_ sql: String) throws {
    let database = try DatabaseQueue(path: data.database)
    try database.write { try $0.execute(sql: sql) }
    try database.close()
  }

  /// The files a killed process would leave behind now.
  func copy() throws -> TestFolder {
    let copy = try TestFolder()
    for name in ["exam.sqlite", "exam.sqlite-wal"] {
      try FileManager.default.copyItem(atPath: data.path + "/" + name, toPath: copy.data.path + "/" + name)
    }
    return copy
  }

  func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  /// Of the database's file alone.
  func size() throws -> Int {
    try FileManager.default.attributesOfItem(atPath: data.database)[.size] as? Int ?? 0
  }

  /// The files in which `text` can be found.
  func files(with text: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: data.path).filter { name in
      (try? Data(contentsOf: URL(fileURLWithPath: data.path + "/" + name)))?.range(of: Data(text.utf8)) != nil
    }
  }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: data.path).sorted() }

  func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

extension StoreLimits {
  /// With little memory for waiting entries.
  static let small = StoreLimits(entries: 10, pictureBytes: 100)
}

extension SessionCode {
  static let one = SessionCode("000001")!
  static let two = SessionCode("000002")!
}

extension Timestamp {
  /// Times that are not whole milliseconds.
  static func test(_ second: Int64) -> Timestamp {
    Timestamp(microseconds: 1_770_000_000_123_457 + second * 1_000_000)
  }
}

extension SessionRecord {
  static func test(_ code: SessionCode = .one, createdAt: Timestamp = .test(0)) -> SessionRecord {
    SessionRecord(
      code: code, title: "Analysis “II”", createdAt: createdAt, teacherKeyHash: "c0ffee",
      inviteHash: "1ce")
  }
}

extension ParticipantRecord {
  static func test(_ number: UInt32, in session: SessionCode = .one, name: String = "Ada Łovelace")
    -> ParticipantRecord
  {
    ParticipantRecord(
      id: ParticipantID(rawValue: "p\(number)"), session: session, number: number, name: name, role: .student,
      tokenHash: "hash\(number)", joinedAt: .test(Int64(number)))
  }
}

extension JournalEvent {
  static func numbered(_ number: Int, in session: SessionCode = .one, text: String = "") -> JournalEvent {
    JournalEvent(
      at: .test(Int64(number)), session: session, kind: .chat, participant: ParticipantID(rawValue: "p1"),
      name: "Ada",
      fields: ["number": "\(number)", "text": text])
  }

  var number: Int? { fields["number"].flatMap { Int($0) } }
}

extension SQLiteStore {
  /// Appends, and blocks until that returns: with the entries kept, unless something is wrong.
  func append(_ entries: [JournalEntry], within patience: Duration = .seconds(60)) {
    let isOver = DispatchSemaphore(value: 0)
    Task.detached {
      await self.append(entries, by: .now + patience)
      isOver.signal()
    }
    isOver.wait()
  }

  func create(_ session: SessionRecord) { append([.create(session)]) }
  func add(_ participant: ParticipantRecord) { append([.add(participant)]) }
  func append(_ event: JournalEvent, within patience: Duration = .seconds(60)) {
    append([.event(event)], within: patience)
  }
  func remove(_ participant: ParticipantID, from session: SessionCode) {
    append([.remove(participant, from: session)])
  }
  func end(_ session: SessionCode, at time: Timestamp) { append([.end(session, at: time)]) }

  func noteAlive(at time: Timestamp) {
    noteAlive(ClockRecord(time: time, boot: nil, retention: RetentionClock(believing: time)))
  }

  /// Returns when the picture is kept, as whatever is appended next does.
  func keep(_ picture: [UInt8], of alert: String, in session: SessionCode = .one) {
    _ = picture.withUnsafeBytes { keep(picture: $0, of: AlertID(rawValue: alert), in: session) }
    append([], within: .seconds(2))
  }

  func picture(_ alert: String, in session: SessionCode = .one) throws -> [UInt8]? {
    try picture(of: AlertID(rawValue: alert), in: session)
  }

  func numbers(in session: SessionCode = .one) throws -> [Int] {
    try events(of: session).compactMap(\.number)
  }
}

/// Runs the store's threaded work on the calling thread.
extension SQLiteStore {
  func sessions(isLive: Bool?) throws -> [SessionRecord] { try reader.sessions(isLive: isLive) }
  func session(_ code: SessionCode) throws -> SessionRecord? { try reader.session(code) }
  func participants(of session: SessionCode) throws -> [ParticipantRecord] {
    try reader.participants(of: session)
  }
  func receipts() throws -> [ErasureReceipt] { try reader.receipts() }
  func events(of session: SessionCode) throws -> [JournalEvent] {
    var events: [JournalEvent] = []
    try reader.forEachEvent(of: session) { events.append($0) }
    return events
  }
  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]? {
    try reader.picture(of: alert, in: session)
  }
  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) throws -> ErasureReceipt? {
    try eraser().erase(session, reason: reason)
  }
  func eraseSessions(endedBefore time: Timestamp) throws -> [ErasureReceipt] {
    try eraser().eraseSessions(endedBefore: time)
  }
}

/// Waits for something that another thread does.
func waitUntil(
  within patience: Duration = .seconds(15), _ condition: () -> Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let deadline = ContinuousClock.now + patience
  while !condition() {
    guard ContinuousClock.now < deadline else {
      Issue.record("not within \(patience)", sourceLocation: sourceLocation)
      return
    }
    usleep(10_000)
  }
}
