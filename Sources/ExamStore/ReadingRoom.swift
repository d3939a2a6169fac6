import Dispatch
import ExamModel
import Foundation
import Synchronization

/// The threads that read the archive: two for long reads, one for short ones. When they are busy, requests queue. They
/// yield to everybody else who needs the processor: an exam may be running while somebody reads an old one.
final class ReadingRoom: Sendable {
  /// Added to the threads' nice value. With 10, a thread that has to be on time gets about nine tenths of a core that
  /// both want.
  private static let niceness: Int32 = 10
  private static let readersAtOnce = 2
  /// Beyond this many, requests are refused and told to retry. A class that comes back to an exam that has ended looks
  /// up its tokens all at once.
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
      let answer = Answer(continuation)
      let job = Job(hasBegun: extent == .further) {
        answer.give(Result(catching: body))
      } refuse: {
        answer.give(.failure($0))
      }
      (extent == .lookUp ? short : long).enter(job)
    }
  }

  /// Refuses everything that has not begun, now and from now on. What has begun continues.
  func closeToNewcomers() {
    for lane in [long, short] { lane.turnAway(everybody: false) }
  }

  /// Refuses everything, now and from now on. Reads in progress are told so and not waited for.
  func close() {
    for lane in [long, short] { lane.turnAway(everybody: true) }
  }

  /// Whether everything was refused: nobody wants the result of a read that continues.
  var isClosed: Bool { long.isClosed }

  /// Waits until no read is in progress.
  ///
  /// - Returns: whether that was within `limit`.
  func isEmpty(within limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while !(long.isEmpty && short.isEmpty) {
      guard ContinuousClock.now < deadline else { return false }
      usleep(1000)
    }
    return true
  }

  /// Each request is answered once: with what was read, or with a refusal.
  private final class Answer<Value: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Value, any Error>?>

    init(_ continuation: CheckedContinuation<Value, any Error>) { waiting = Mutex(continuation) }

    func give(_ result: Result<Value, any Error>) {
      waiting.withLock { waiting in
        defer { waiting = nil }
        return waiting
      }?.resume(with: result)
    }
  }

  private final class Job: Sendable {
    /// Whether it is another piece of an answer that has begun.
    let hasBegun: Bool
    let read: @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void

    init(
      hasBegun: Bool, read: @escaping @Sendable () -> Void, refuse: @escaping @Sendable (any Error) -> Void
    ) {
      self.hasBegun = hasBegun
      self.read = read
      self.refuse = refuse
    }
  }

  private final class Lane: Sendable {
    private let capacity: Int
    private let threads: Int
    private let arrivals = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    private struct State {
      var waiting = WaitingLine<Job>()
      /// The requests being read for at the moment.
      var reading: [Job] = []
      var isClosedToNewcomers = false
      var isClosed = false
    }

    init(name: String, threads: Int, capacity: Int) {
      self.capacity = capacity
      self.threads = threads
      for _ in 0..<threads {
        let thread = Thread { [weak self, arrivals] in
          // On Linux the "process" 0 of setpriority is the calling thread. Its failure does no harm.
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

    var isClosed: Bool { state.withLock { $0.isClosed } }
    var isEmpty: Bool { state.withLock { $0.reading.isEmpty } }

    func enter(_ job: Job) {
      let refusal: (any Error)? = state.withLock { state in
        if state.isClosed || state.isClosedToNewcomers && !job.hasBegun { return ArchiveClosed() }
        if !job.hasBegun, state.waiting.count >= capacity {
          return ArchiveBusy(retryAfter: 5, "many people read what is kept just now")
        }
        state.waiting.append(job)
        return nil
      }
      if let refusal { return job.refuse(refusal) }
      arrivals.signal()
    }

    /// - Returns: whether there will be more.
    private func work() -> Bool {
      let job = state.withLock { state in
        let job = state.waiting.popFirst()
        if let job { state.reading.append(job) }
        return job
      }
      job?.read()
      return state.withLock { state in
        state.reading.removeAll { $0 === job }
        return !state.isClosed
      }
    }

    func turnAway(everybody: Bool) {
      let (refused, isNew) = state.withLock { state in
        let refused = state.waiting.filter { everybody || !$0.hasBegun }
        state.waiting.removeAll { everybody || !$0.hasBegun }
        let isNew = everybody && !state.isClosed
        state.isClosedToNewcomers = true
        state.isClosed = state.isClosed || everybody
        return (refused + (everybody ? state.reading : []), isNew)
      }
      for job in refused { job.refuse(ArchiveClosed()) }
      guard isNew else { return }
      for _ in 0..<threads { arrivals.signal() }
    }
  }
}
