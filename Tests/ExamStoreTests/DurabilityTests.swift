import ExamModel
import Foundation
import GRDB
import Testing

@testable import ExamStore

/// Whatever a write returned for is there after the process was killed.
@Suite struct DurabilityTests {
  @Test func theFilesOfALivingStoreHoldAllThatWasWritten() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    var generator = SystemRandomNumberGenerator()
    for number in 0..<1000 {
      store.append(
        .numbered(number, text: String(repeating: "x", count: .random(in: 0...3000, using: &generator))))
      guard Int.random(in: 0..<50, using: &generator) == 0 else { continue }
      let copy = try folder.copy()
      #expect(try copy.store().numbers() == Array(0...number))
    }
  }

  @Test func picturesAreWholeOrNotThere() throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.keep([1, 2, 3], of: "a1")
    try folder.write([1, 2], to: folder.data.pictures + "/000001/a2.jpg.part")
    try folder.write([], to: folder.data.pictures + "/000001/a3.jpg")
    store.close()
    let next = try folder.store()
    #expect(try next.picture("a1") == [1, 2, 3])
    #expect(try next.picture("a2") == nil)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.data.pictures + "/000001").sorted() == [
        "a1.jpg", "a3.jpg",
      ])
    #expect(try next.picture("a3") == nil)
    #expect(folder.reports.contains { $0.contains("a3.jpg is empty") })
    unlink(folder.data.pictures + "/000001/a1.jpg")
    #expect(try next.picture("a1") == nil)
  }

  @Test(arguments: ["../secret", "", ".", "a/b", "a.b", String(repeating: "a", count: 65)])
  func aPicturesNameLeadsNowhereElse(name: String) throws {
    let folder = try TestFolder()
    let store = try folder.store()
    store.create(.test())
    store.keep([1], of: "a1")
    try folder.write([1], to: folder.data.pictures + "/secret.jpg")
    store.keep([1], of: name)
    #expect(try store.picture(name) == nil)
    #expect(
      try folder.names().filter { $0 != "pictures" } == [
        "exam.lock", "exam.sqlite", "exam.sqlite-shm", "exam.sqlite-wal",
      ])
  }

  /// Part of the test below, in a process of its own: writes and reports until it is killed.
  @Test(.enabled(if: Child.folder != nil)) func childThatWrites() throws {
    let folder = try #require(Child.folder)
    let store = try SQLiteStore(folder: DataFolder(preparing: folder), limits: StoreLimits()) { _ in }
    let start = try store.session(.one) == nil ? 0 : store.numbers().count
    if start == 0 { store.create(.test()) }
    for number in start... {
      // Like the server: the picture first, then the event that refers to it.
      if number.isMultiple(of: 10) { store.keep(Array(repeating: 7, count: 30_000), of: "a\(number)") }
      store.append(.numbered(number, text: String(repeating: "x", count: number % 2000)))
      try #require(store.trouble == nil)
      var told = Int64(number)
      write(3, &told, 8)
    }
  }

  @Test func aKilledProcessLosesNothingItToldOf() throws {
    let folder = try TestFolder()
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<8 {
      let child = try Child("childThatWrites", in: folder.data.path)
      var told = try #require(child.read())
      let deadline = ContinuousClock.now + .milliseconds(.random(in: 1...300, using: &generator))
      while ContinuousClock.now < deadline { told = try #require(child.read()) }
      child.kill()
      // What it reported before it died, and was not read yet.
      while let more = child.read() { told = more }
      let store = try folder.store()
      let numbers = try store.numbers()
      #expect(numbers == Array(0..<numbers.count))
      #expect(numbers.count > told)
      for number in stride(from: 0, through: Int(told), by: 10) {
        #expect(try store.picture("a\(number)")?.count == 30_000)
      }
      store.close()
    }
  }
}
