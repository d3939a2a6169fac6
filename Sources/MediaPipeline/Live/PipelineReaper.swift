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

  private static let threads = 2
  /// This many stop together at the end of an exam, but not when somebody reconnects.
  private static let releaseAfter = 5

  private struct Counts {
    var stopped = 0
    var abandoned = 0
    /// Pipelines stopped since the heap was last trimmed.
    var unreleased = 0
  }

  /// GLib's pool functions are thread-safe.
  private struct Pool: @unchecked Sendable { let pointer: UnsafeMutablePointer<GThreadPool> }

  private let pool: Pool
  private let counts = Mutex(Counts())

  private init() {
    // An exclusive pool fails only if no thread can be created; nothing can run then.
    pool = Pool(pointer: g_thread_pool_new(runReaperJob, nil, gint(Self.threads), 1, nil))
  }

  /// Pipelines that did not stop within the deadline and still hold a thread and their memory.
  public var abandoned: Int { counts.withLock(\.abandoned) }
  /// Pipelines that stopped.
  public var stopped: Int { counts.withLock(\.stopped) }

  /// Sets `pipeline` to NULL.
  ///
  /// - Parameter completion: called when its streaming threads are gone, or the deadline has passed.
  func retire(_ pipeline: GObjectReference, completion: @escaping @Sendable () -> Void) {
    let job = ReaperJob(pipeline: pipeline, reaper: self, completion: completion)
    g_thread_pool_push(pool.pointer, Unmanaged.passRetained(job).toOpaque(), nil)
  }

  fileprivate func hasStopped() {
    let unreleased = counts.withLock { counts in
      counts.stopped += 1
      counts.unreleased += 1
      return counts.unreleased
    }
    if unreleased == Self.releaseAfter { releaseMemorySoon() }
  }

  /// An abandoned pipeline holds its thread: another one takes its place meanwhile.
  fileprivate func changeAbandoned(by difference: Int) {
    counts.withLock { counts in
      counts.abandoned += difference
      g_thread_pool_set_max_threads(pool.pointer, gint(Self.threads + counts.abandoned), nil)
    }
  }

  /// Returns to the system the memory that pipelines used. Each thread's heap keeps it otherwise: half as much again as
  /// the server used before an exam of 100.
  private func releaseMemorySoon() {
    Task.detached { [self] in
      // The rest of the exam is released first.
      var seen: Int
      repeat {
        seen = counts.withLock(\.unreleased)
        try? await Task.sleep(for: .seconds(2))
      } while counts.withLock(\.unreleased) != seen
      counts.withLock { $0.unreleased = 0 }
      Heap.giveBack()
    }
  }
}

/// One pipeline being set to NULL.
private final class ReaperJob: Sendable {
  private let pipeline: GObjectReference
  private let reaper: PipelineReaper
  private let completion: @Sendable () -> Void
  /// Whether it has stopped, or the deadline has passed: whichever comes first.
  private let isOver = Atomic<Bool>(false)

  init(pipeline: GObjectReference, reaper: PipelineReaper, completion: @escaping @Sendable () -> Void) {
    self.pipeline = pipeline
    self.reaper = reaper
    self.completion = completion
  }

  /// Runs on a reaper thread. The deadline counts from here, not from the queue.
  func run() {
    let watchdog = Task.detached { [self] in
      try await Task.sleep(for: PipelineReaper.deadline)
      guard !isOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
      reaper.changeAbandoned(by: 1)
      completion()
    }
    gst_element_set_state(pipeline.cast(), GST_STATE_NULL)
    watchdog.cancel()
    let wasAbandoned = isOver.exchange(true, ordering: .acquiringAndReleasing)
    reaper.hasStopped()
    if wasAbandoned { reaper.changeAbandoned(by: -1) } else { completion() }
  }
}

private func runReaperJob(_ data: gpointer?, _ unused: gpointer?) {
  Unmanaged<ReaperJob>.fromOpaque(data!).takeRetainedValue().run()
}
