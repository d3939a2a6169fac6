import ExamModel
import Synchronization

/// A journal that lasts as long as the process.
public final class MemoryJournal: EventJournal {
  /// Events kept per session; the oldest go first. An exam of 50 students with much chat has some thousands.
  public static let capacity = 50_000

  private let sessions = Mutex<[SessionCode: [JournalEvent]]>([:])

  public init() {}

  public func append(_ event: JournalEvent) {
    sessions.withLock { sessions in
      var events = sessions.removeValue(forKey: event.session) ?? []
      if events.count >= MemoryJournal.capacity { events.removeFirst(MemoryJournal.capacity / 10) }
      events.append(event)
      sessions[event.session] = events
    }
  }

  public func forget(_ session: SessionCode) {
    sessions.withLock { $0[session] = nil }
  }

  public func events(of session: SessionCode) -> [JournalEvent] {
    sessions.withLock { $0[session] ?? [] }
  }
}
