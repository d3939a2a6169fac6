import ExamModel
import GLibRuntime
import Synchronization

/// An archive that logs why something could not be read or erased: the requester need not know the server's files, but
/// its operator does.
final class NotedArchive: Archive {
  private let archive: any Archive
  private let note: @Sendable (String) -> Void
  private let notes = Mutex(Throttle(every: .seconds(1)))

  /// - Parameter note: called at most once a second.
  init(_ archive: any Archive, note: @escaping @Sendable (String) -> Void) {
    self.archive = archive
    self.note = note
  }

  var lastAlive: Timestamp? { archive.lastAlive }
  var clocks: ClockRecord? { archive.clocks }

  func read<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
  ) async throws -> Value {
    try await noting { try await archive.read(extent, body) }
  }

  func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) async throws -> ErasureReceipt? {
    try await noting { try await archive.erase(session, reason: reason) }
  }

  func eraseSessions(endedBefore time: Timestamp) async throws -> [ErasureReceipt] {
    try await noting { try await archive.eraseSessions(endedBefore: time) }
  }

  private func noting<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch {
      let isExpected =
        error is ArchiveBusy || error is ArchiveClosed || error is SessionGone || error is Refusal
      if !isExpected, notes.withLock({ $0.add(at: .now) }) != nil {
        note("what is kept cannot be read or erased: \(error)")
      }
      throw error
    }
  }
}
