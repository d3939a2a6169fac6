import ExamModel
import Foundation
import GRDB
import Testing

@testable import ExamStore

/// Bad databases are reported and kept; good ones are opened.
@Suite struct OpeningTests {
  /// A store with a session, some pages of events and a picture, closed.
  private func filled() throws -> TestFolder {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    for number in 0..<400 { store.append(.numbered(number, text: String(repeating: "words ", count: 40))) }
    store.keep([1, 2, 3], of: "a1")
    store.close()
    return folder
  }

  enum Damage: String, CaseIterable {
    case empty, text, truncated, noHeader, randomPages, zeroedPages, logAlone, random, aFewBytes
  }

  private func apply(_ damage: Damage, to path: String) throws {
    var generator = SystemRandomNumberGenerator()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let size = bytes.count
    #expect(size > 20 * 4096)
    switch damage {
    case .empty: bytes = []
    case .text: bytes = Array("These are my notes.\n".utf8)
    case .truncated: bytes.removeLast(size / 2)
    case .noHeader: for index in 0..<100 { bytes[index] = 0 }
    case .randomPages: for index in 4096..<size { bytes[index] = .random(in: 0...255, using: &generator) }
    case .zeroedPages: for index in (size / 2)..<size { bytes[index] = 0 }
    case .logAlone:
      try FileManager.default.moveItem(atPath: path, toPath: path + "-wal")
      return
    case .random: bytes = (0..<size).map { _ in .random(in: 0...255, using: &generator) }
    // The header of a page in the middle: its cells are not where it says.
    case .aFewBytes: for index in 0..<12 { bytes[size / 4096 / 2 * 4096 + index] = 0x5A }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test(arguments: Damage.allCases)
  func aDamagedDatabaseIsToldOfAndKept(_ damage: Damage) throws {
    let folder = try filled()
    let path = folder.data.database
    try apply(damage, to: path)
    let damaged = try? Data(contentsOf: URL(fileURLWithPath: path))

    let error = #expect(throws: StoreError.self) { try folder.store() }
    #expect(error?.description.contains("is damaged: ") == true)
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains("--fresh-database") == true)
    #expect((try? Data(contentsOf: URL(fileURLWithPath: path))) == damaged, "refusing changes nothing")

    let store = try folder.store(isFresh: true)
    #expect(try store.sessions(isLive: nil).isEmpty)
    store.create(.test(.two))
    store.append(.numbered(1, in: .two))
    #expect(try store.numbers(in: .two) == [1])
    let names = try folder.names()
    if damage == .logAlone {
      #expect(names.contains { $0.hasPrefix("exam.sqlite.corrupt-") && $0.hasSuffix("-wal") })
    } else {
      let kept = try #require(
        names.first { $0.hasPrefix("exam.sqlite.corrupt-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
      )
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.data.path + "/" + kept)) == damaged)
    }
    let pictures = try #require(names.first { $0.hasPrefix("pictures.corrupt-") })
    #expect(FileManager.default.fileExists(atPath: "\(folder.data.path)/\(pictures)/000001/a1.jpg"))
    #expect(folder.reports.contains { $0.contains("kept") && $0.contains(".corrupt-") })
    store.close()
    // Reported at every start, since nothing else is a reminder.
    let count = folder.reports.count
    _ = try folder.store()
    #expect(
      folder.reports.dropFirst(count).contains { $0.contains("corrupt-") && $0.contains("nothing erases it") }
    )
  }

  @Test func aFreshOneTwiceInASecondKeepsBoth() throws {
    let folder = try filled()
    for _ in 0..<3 {
      try folder.write([], to: folder.data.database)
      try folder.store(isFresh: true).close()
    }
    let kept = try folder.names().filter {
      $0.hasPrefix("exam.sqlite.corrupt-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
    }
    #expect(kept.count == 3)
  }

  @Test func aSoundDatabaseIsKeptWhenAFreshOneIsAskedFor() throws {
    let folder = try filled()
    let store = try folder.store(isFresh: true)
    #expect(try store.numbers() == Array(0..<400))
    #expect(try store.picture("a1") == [1, 2, 3])
    #expect(folder.reports.contains { $0.contains("sound and is kept") })
    #expect(try !folder.names().contains { $0.contains("corrupt") })
  }

  @Test func aNewerDatabaseIsRefusedAndLeftAlone() throws {
    let folder = try filled()
    try folder.tamper("INSERT INTO grdb_migrations (identifier) VALUES ('99')")
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.data.database))
    for isFresh in [false, true] {
      let error = #expect(throws: StoreError.self) { try folder.store(isFresh: isFresh) }
      #expect(error?.description.contains("newer version") == true)
    }
    #expect(throws: StoreError.self) { try SQLiteStore(reading: folder.data) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.data.database)) == before)
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let folder = try TestFolder()
    try folder.tamper("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')")
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.data.database))
    for isFresh in [false, true] {
      let error = #expect(throws: StoreError.self) { try folder.store(isFresh: isFresh) }
      #expect(error?.description.contains("of another program") == true)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.data.database)) == before)
  }

  @Test func twoServersDoNotShareAFolder() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    let error = #expect(throws: StoreError.self) { try folder.store() }
    #expect(error?.description.contains("process \(getpid())") == true)
    store.create(.test())
    #expect(try store.sessions(isLive: nil).count == 1)
  }

  @Test func anotherProcessReadsWhileTheServerWrites() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.append(.numbered(1))
    let reader = try SQLiteStore(reading: folder.data)
    #expect(try reader.numbers() == [1])
    store.append(.numbered(2))
    store.keep([9], of: "a1")
    #expect(try reader.numbers() == [1, 2])
    #expect(try reader.picture("a1") == [9])
    reader.append(.numbered(3))
    #expect(reader.trouble != nil)
    #expect(throws: StoreError.self) { try reader.erase(.one, reason: .request) }
    #expect(try store.numbers() == [1, 2])
  }

  @Test func aFolderWithoutADatabaseCannotBeRead() throws {
    let folder = try TestFolder()
    let error = #expect(throws: StoreError.self) { try SQLiteStore(reading: folder.data) }
    #expect(error?.description.contains("there is no database") == true)
    #expect(try folder.names().isEmpty)
  }

  @Test func aStoppedServersDatabaseCanBeRead() throws {
    let folder = try filled()
    #expect(try SQLiteStore(reading: folder.data).numbers().count == 400)
  }

  @Test func onlyTheOwnerReadsWhateverTheUmask() throws {
    let old = umask(0)
    defer { umask(old) }
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.keep([1], of: "a1")
    let path = folder.data.path
    for name in ["exam.sqlite", "exam.sqlite-wal", "exam.sqlite-shm", "exam.lock", "pictures/000001/a1.jpg"] {
      #expect(try folder.permissions(path + "/" + name) == 0o600, "\(name)")
    }
    for name in ["pictures", "pictures/000001"] {
      #expect(try folder.permissions(path + "/" + name) == 0o700, "\(name)")
    }
    store.close()
    chmod(folder.data.database, 0o644)
    _ = try folder.store()
    #expect(try folder.permissions(folder.data.database) == 0o600, "an older file is closed to others")
  }
}
