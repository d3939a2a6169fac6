import CGStreamer
import GLibRuntime
import Synchronization

/// Takes pipelines down, on threads of its own.
///
/// Setting a pipeline to NULL waits for its streaming threads, so it must never happen on one of them, and it may hang
/// in a broken element: such a pipeline is abandoned after a deadline and counted, and its thread is replaced.
public final class PipelineReaper: Sendable {
  public static let shared = PipelineReaper()

  /// How long a pipeline may take to stop.
  public static let deadline = Duration.seconds(5)

  private let pool: ReaperPool
  private let abandonedCount = Atomic<Int>(0)
  private let stoppedCount = Atomic<Int>(0)
  /// Pipelines stopped since the heap was last trimmed.
  private let unreleased = Atomic<Int>(0)
  /// This many stop together at the end of an exam, but not when somebody reconnects.
  private static let releaseAfter = 5

  private init() { pool = ReaperPool() }

  /// Pipelines that did not stop within the deadline and still hold a thread and their memory.
  public var abandoned: Int { abandonedCount.load(ordering: .relaxed) }
  /// Pipelines that stopped.
  public var stopped: Int { stoppedCount.load(ordering: .relaxed) }

  /// Sets `pipeline` to NULL and returns when its streaming threads are gone, or the deadline has passed.
  ///
  /// - Returns: whether it stopped in time.
  @discardableResult
  func retire(_ pipeline: GObjectReference, deadline: Duration = PipelineReaper.deadline) async -> Bool {
    await withCheckedContinuation { continuation in
      pool.push(
        ReaperJob(pipeline: pipeline, deadline: deadline, reaper: self) { continuation.resume(returning: $0) }
      )
    }
  }

  /// Like `retire`, for callers that cannot wait.
  func retireDetached(_ pipeline: GObjectReference) {
    pool.push(ReaperJob(pipeline: pipeline, deadline: Self.deadline, reaper: self) { _ in })
  }

  fileprivate func jobEnded(inTime: Bool) {
    if inTime {
      stoppedCount.increment()
      if unreleased.wrappingAdd(1, ordering: .relaxed).newValue == Self.releaseAfter { releaseMemorySoon() }
    } else {
      abandonedCount.increment()
      pool.addThread()
    }
  }

  /// Returns to the system the memory that pipelines used. Each thread's heap keeps it otherwise: half as much again as
  /// the server used before an exam of 100.
  private func releaseMemorySoon() {
    Task.detached { [self] in
      // The rest of the exam is released first.
      var seen: Int
      repeat {
        seen = unreleased.load(ordering: .relaxed)
        try? await Task.sleep(for: .seconds(2))
      } while unreleased.load(ordering: .relaxed) != seen
      unreleased.store(0, ordering: .relaxed)
      Heap.giveBack()
    }
  }

  fileprivate func abandonedJobEnded() {
    abandonedCount.increment(by: -1)
    stoppedCount.increment()
    pool.removeThread()
  }
}

/// One pipeline being set to NULL.
private final class ReaperJob: Sendable {
  private enum State { case waiting, stopped, abandoned }

  private let pipeline: GObjectReference
  private let deadline: Duration
  private let reaper: PipelineReaper
  private let completion: @Sendable (Bool) -> Void
  private let state = Mutex(State.waiting)

  init(
    pipeline: GObjectReference, deadline: Duration, reaper: PipelineReaper,
    completion: @escaping @Sendable (Bool) -> Void
  ) {
    self.pipeline = pipeline
    self.deadline = deadline
    self.reaper = reaper
    self.completion = completion
  }

  /// Runs on a reaper thread. The deadline counts from here, not from the queue.
  func run() {
    let watchdog = Task.detached { [deadline] in
      try await Task.sleep(for: deadline)
      self.finish(.abandoned)
    }
    gst_element_set_state(pipeline.cast(), GST_STATE_NULL)
    watchdog.cancel()
    finish(.stopped)
  }

  private func finish(_ outcome: State) {
    let previous = state.withLock { state in
      defer { if state == .waiting { state = outcome } }
      return state
    }
    switch (previous, outcome) {
    case (.waiting, _):
      reaper.jobEnded(inTime: outcome == .stopped)
      completion(outcome == .stopped)
    case (.abandoned, .stopped): reaper.abandonedJobEnded()
    default: break
    }
  }
}

/// A `GThreadPool` of threads of its own. GLib's pool functions are thread-safe.
private final class ReaperPool: @unchecked Sendable {
  private static let threads: Int32 = 2
  private let pool: UnsafeMutablePointer<GThreadPool>
  private let threadCount = Mutex(ReaperPool.threads)

  init() {
    // An exclusive pool fails only if no thread can be created; nothing can run then.
    pool = g_thread_pool_new(runReaperJob, nil, Self.threads, 1, nil)
  }

  func push(_ job: ReaperJob) {
    g_thread_pool_push(pool, Unmanaged.passRetained(job).toOpaque(), nil)
  }

  func addThread() { change(by: 1) }
  func removeThread() { change(by: -1) }

  private func change(by difference: Int32) {
    threadCount.withLock { count in
      count += difference
      g_thread_pool_set_max_threads(pool, count, nil)
    }
  }
}

private func runReaperJob(_ data: gpointer?, _ unused: gpointer?) {
  Unmanaged<ReaperJob>.fromOpaque(data!).takeRetainedValue().run()
}
