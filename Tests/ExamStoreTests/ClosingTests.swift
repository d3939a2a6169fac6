import Dispatch
import ExamModel
import Foundation
import Synchronization
import Testing

@testable import ExamStore

/// A store that is closed while it is used.
@Suite struct ClosingTests {
  private static func filled(_ folder: TestFolder) throws -> SQLiteStore {
    let store = try folder.store()
    store.create(.test())
    for second in 0..<2000 {
      store.append(
        JournalEvent(
          at: .test(Int64(second)), session: .one, kind: .joined,
          participant: ParticipantID(rawValue: "p1"), payload: nil))
    }
    return store
  }

  private final class Events: Sendable {
    let count = Mutex(0)
  }

  /// A database that is closed under its readers ends the process.
  @Test(arguments: 0..<3) func whoReadsWithoutAnEndIsTold(_: Int) async throws {
    let folder = try TestFolder()
    let store = try Self.filled(folder)
    let events = Events()
    let readers = (0..<2).map { _ in
      Task {
        do {
          try await store.read(.whole) { archive in
            while true { try archive.forEachEvent(of: .one) { _ in events.count.withLock { $0 += 1 } } }
          }
        } catch is ArchiveClosed {
          return true
        }
        return false
      }
    }
    while events.count.withLock({ $0 }) < 3000 { await Task.yield() }
    #expect(store.close())
    for reader in readers { #expect(try await reader.value) }
    #expect(!FileManager.default.fileExists(atPath: folder.data.database + "-wal"))
    // Another server may begin at once.
    try folder.store().close()
  }

  @Test func whoDoesNotComeBackIsLeftAloneAndItIsSaid() async throws {
    let folder = try TestFolder()
    let store = try Self.filled(folder)
    let (came, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let reader = Task {
      try await store.read(.whole) { archive in
        came.signal()
        goOn.wait()
        return try archive.session(.one)
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        came.wait()
        continuation.resume()
      }
    }
    #expect(!store.close())
    await #expect(throws: ArchiveClosed.self) { try await reader.value }
    goOn.signal()
    while !store.close() { await Task.yield() }
  }
}
