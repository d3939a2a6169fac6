import Dispatch
import ExamModel
import Foundation
import Synchronization

/// The threads on which the archive is read: two for whatever is long, one for what is short. Who finds them at work waits
/// in line. They yield to everybody else who needs the processor: an exam is on while somebody reads an old one.
final class ReadingRoom: Sendable {
  /// Added to the threads' nice value. With 10 a thread that has to be on time gets about nine tenths of a core that
  /// both want.
  private static let niceness: Int32 = 10
  private static let readersAtOnce = 2
  /// Who waits beyond these is told to come again. A class that comes back to an exam that has ended looks up its tokens
  /// all at once.
  static let maximumWaiting = 20
  static let maximumWaitingLookUps = 1000

  private let long: Lane
  private let short: Lane

  init() {
    long = Lane(name: "archive", threads: Self.readersAtOnce, capacity: Self.maximumWaiting)
    short = Lane(name: "archive-lookup", threads: 1, capacity: Self.maximumWaitingLookUps)
  }

  deinit { close() }

  /// Runs `body` on one of the threads when it is its turn.
  func run<Value: Sendable>(
    _ extent: ReadingExtent, _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let lane = extent == .lookUp ? short : long
      let refusal = lane.enter(isBounded: extent != .further) { refusal in
        if let refusal {
          continuation.resume(throwing: refusal)
        } else {
          continuation.resume(with: Result(catching: body))
        }
      }
      if let refusal { continuation.resume(throwing: refusal) }
    }
  }

  /// Whoever waits is turned away, now and from now on. Who reads is not waited for.
  func close() {
    for lane in [long, short] { lane.close() }
  }

  private final class Lane: Sendable {
    typealias Job = @Sendable (ArchiveBusy?) -> Void

    private let capacity: Int
    private let threads: Int
    private let arrivals = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    private struct State {
      var waiting = WaitingLine<Job>()
      var isClosed = false
    }

    init(name: String, threads: Int, capacity: Int) {
      self.capacity = capacity
      self.threads = threads
      for _ in 0..<threads {
        let thread = Thread { [weak self, arrivals] in
          // On Linux the "process" 0 of setpriority is the calling thread. A refusal costs nothing but the courtesy.
          let thisThread = Int32(bitPattern: PRIO_PROCESS.rawValue)
          _ = setpriority(thisThread, 0, getpriority(thisThread, 0) + ReadingRoom.niceness)
          while true {
            arrivals.wait()
            guard let self, work() else { return }
          }
        }
        thread.name = name
        thread.start()
      }
    }

    /// - Returns: why the job is not taken.
    func enter(isBounded: Bool, _ job: @escaping Job) -> ArchiveBusy? {
      let refusal: ArchiveBusy? = state.withLock { state in
        if state.isClosed { return Self.closed }
        if isBounded, state.waiting.count >= capacity {
          return ArchiveBusy(retryAfter: 5, "many people read what is kept just now")
        }
        state.waiting.append(job)
        return nil
      }
      if refusal == nil { arrivals.signal() }
      return refusal
    }

    /// - Returns: whether there will be more.
    private func work() -> Bool {
      let (job, isClosed) = state.withLock { state in
        let job = state.waiting.first { _ in true }
        if job != nil { state.waiting.removeFirst(1) }
        return (job, state.isClosed)
      }
      job?(nil)
      return !isClosed
    }

    func close() {
      let (waiting, isNew) = state.withLock { state in
        defer {
          state.waiting = WaitingLine()
          state.isClosed = true
        }
        return (Array(state.waiting), !state.isClosed)
      }
      for job in waiting { job(Self.closed) }
      guard isNew else { return }
      for _ in 0..<threads { arrivals.signal() }
    }

    private static let closed = ArchiveBusy(retryAfter: 10, "the server is stopping")
  }
}
