import ExamModel
import Foundation
import GRDB
import Testing

@testable import ExamStore

@Suite struct ErasureTests {
  private static let secret = "Zebrafinch-0451"

  private func fill(_ store: SQLiteStore, _ session: SessionCode, events: Int = 50, text: String) {
    store.create(.test(session))
    store.add(.test(1, in: session, name: "name " + text))
    for number in 0..<events { store.append(.numbered(number, in: session, text: text)) }
    store.keep(Array("picture \(text)".utf8), of: "a1", in: session)
    store.keep(Array("picture \(text)".utf8), of: "a2", in: session)
  }

  @Test func anErasedSessionLeavesAReceiptAndNothingElse() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    fill(store, .one, text: Self.secret)
    fill(store, .two, text: "other")
    #expect(try folder.files(with: Self.secret).count >= 2, "the search finds what is there")

    let receipt = try #require(try store.erase(.one, reason: .request))
    #expect(receipt.session == .one && receipt.reason == .request)
    #expect(receipt.participants == 1 && receipt.events == 50 && receipt.pictures == 2)
    #expect(try store.receipts() == [receipt])

    #expect(try folder.files(with: Self.secret) == [])
    #expect(!FileManager.default.fileExists(atPath: folder.data.pictures + "/000001"))
    #expect(try store.session(.one) == nil)
    #expect(try store.participants(of: .one).isEmpty && store.events(of: .one).isEmpty)
    #expect(try store.picture("a1") == nil)
    #expect(try store.numbers(in: .two).count == 50)
    #expect(try store.picture("a1", in: .two) != nil)
    #expect(try store.erase(.one, reason: .request) == nil, "there is nothing more to erase")
    #expect(try store.receipts().count == 1)
  }

  /// Rows of many sessions share pages, and pages are split and joined.
  @Test func nothingOfManySessionsStaysInTheFiles() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    var generator = SystemRandomNumberGenerator()
    let codes = (10..<25).map { SessionCode("1000\($0)")! }
    for code in codes {
      store.create(.test(code))
      store.add(.test(1, in: code, name: "Zebra-\(code)"))
    }
    for number in 0..<3000 {
      let code = codes.randomElement(using: &generator)!
      store.append(
        .numbered(number, in: code, text: String(repeating: "Zebra-\(code) ", count: .random(in: 1...30))))
    }
    for code in codes.shuffled().dropLast() {
      _ = try store.erase(code, reason: .retention)
      #expect(try folder.files(with: "Zebra-\(code)") == [], "\(code)")
    }
  }

  /// During an exam a large database is not rewritten; what is deleted is still overwritten.
  @Test func aLargeDatabaseIsWrittenAnewWhenNobodyWaits() throws {
    let folder = try TestFolder()
    var limits = StoreLimits()
    limits.pagesRebuiltAtAnyTime = 0
    let previous = try folder.store(limits: limits)
    fill(previous, .one, events: 2000, text: Self.secret)
    fill(previous, .two, events: 2000, text: "other")
    previous.end(.one, at: .test(1))
    previous.close()
    let store = try folder.store(limits: limits)
    let before = try folder.size()
    #expect(try store.erase(.one, reason: .request)?.events == 2000)
    #expect(try folder.files(with: Self.secret) == [])
    #expect(try folder.size() >= before, "it was not written anew")
    store.end(.two, at: .test(2))
    #expect(try store.eraseSessions(endedBefore: .test(0)).isEmpty)
    #expect(try folder.size() < before * 2 / 3, "nobody waits any more")
    #expect(try store.numbers(in: .two) == Array(0..<2000))

    // The same at a start.
    store.create(.test())
    _ = try store.erase(.two, reason: .request)
    let left = try folder.size()
    store.close()
    let next = try folder.store(limits: limits)
    #expect(try folder.size() < left / 2)
    #expect(try next.sessions(isLive: true).count == 1)
  }

  @Test func whatComesLateForAnErasedSessionIsNotKept() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    fill(store, .one, text: "x")
    _ = try store.erase(.one, reason: .request)
    store.append(.numbered(1))
    store.add(.test(2))
    store.keep([1], of: "a9")
    #expect(try store.events(of: .one).isEmpty && store.participants(of: .one).isEmpty)
    #expect(try store.picture("a9") == nil)
    #expect(!FileManager.default.fileExists(atPath: folder.data.pictures + "/000001"))
    #expect(store.trouble == nil)
    #expect(!folder.reports.contains { $0.contains("not kept") }, "that is as it should be")
    // The code may be assigned again.
    store.create(.test())
    store.append(.numbered(7))
    store.keep([2], of: "a9")
    #expect(try store.numbers() == [7])
    #expect(try store.picture("a9") == [2])
  }

  @Test func sessionsThatEndedLongAgoGo() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    let codes = (1...4).map { SessionCode("00000\($0)")! }
    for code in codes { fill(store, code, text: "text of \(code)") }
    store.end(codes[0], at: .test(10))
    store.end(codes[1], at: .test(20))
    store.end(codes[2], at: .test(30))
    let receipts = try store.eraseSessions(endedBefore: .test(30))
    #expect(receipts.map(\.session) == [codes[0], codes[1]])
    #expect(receipts.allSatisfy { $0.reason == .retention && $0.events == 50 && $0.pictures == 2 })
    #expect(try store.receipts() == receipts)
    #expect(try store.sessions(isLive: nil).map(\.code) == [codes[2], codes[3]])
    #expect(try folder.files(with: "text of \(codes[0])") == [])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.data.pictures).sorted() == [
        "000003", "000004",
      ])
    #expect(try store.eraseSessions(endedBefore: .test(30)).isEmpty)
  }

  @Test func picturesThatAnErasureLeftBehindGoAtTheNextStart() throws {
    let folder = try TestFolder()
    do {
      let store = try folder.store()
      fill(store, .one, text: "x")
      // As if the process had ended between the transaction and the files.
      try FileManager.default.copyItem(atPath: folder.data.pictures, toPath: folder.data.path + "/saved")
      _ = try store.erase(.one, reason: .request)
      store.close()
      try FileManager.default.removeItem(atPath: folder.data.pictures)
      try FileManager.default.moveItem(atPath: folder.data.path + "/saved", toPath: folder.data.pictures)
    }
    let store = try folder.store()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.data.pictures).isEmpty)
    #expect(folder.reports.contains { $0.contains("000001 are deleted") })
    #expect(try store.receipts().count == 1)
  }

  @Test func picturesOfAnUnknownSessionStayForTheUsualTime() throws {
    let folder = try TestFolder()
    do {
      let store = try folder.store()
      fill(store, .one, text: "x")
      store.close()
      for name in ["", "-wal", "-shm"] { unlink(folder.data.database + name) }
    }
    let store = try folder.store()
    #expect(try store.picture("a1") != nil)
    #expect(folder.reports.contains { $0.contains("000001 belong to no session") })
    let now = Timestamp.now
    #expect(try store.eraseSessions(endedBefore: now.advanced(by: .seconds(-3600))).isEmpty)
    let receipts = try store.eraseSessions(endedBefore: now.advanced(by: .seconds(3600)))
    #expect(receipts.map(\.session) == [.one])
    #expect(receipts.map(\.pictures) == [2])
    #expect(try store.picture("a1") == nil)
  }

  /// A reader keeps the log from being emptied; what was erased is removed from it when the reader is done.
  @Test func aReaderDelaysTheEndOfWhatIsErased() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    fill(store, .one, text: Self.secret)
    let other = try DatabasePool(path: folder.data.database)
    try other.read { db in
      _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM events")
      let start = ContinuousClock.now
      _ = try store.erase(.one, reason: .request)
      #expect(ContinuousClock.now - start < .seconds(5))
      store.create(.test(.two))
      #expect(store.trouble == nil, "writing goes on")
    }
    #expect(folder.reports.contains { $0.contains("somebody else uses it") })
    try other.close()
    let deadline = ContinuousClock.now + .seconds(15)
    while try !folder.files(with: Self.secret).isEmpty, ContinuousClock.now < deadline { usleep(100_000) }
    #expect(try folder.files(with: Self.secret) == [])
  }
}
