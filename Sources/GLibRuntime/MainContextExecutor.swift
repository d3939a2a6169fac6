import CGStreamer
import Synchronization

/// Runs an actor's jobs on a thread of its own that runs a `GMainContext`, so that the actor may own objects of GLib
/// libraries: their callbacks arrive on the thread on which the actor's code runs.
///
/// The executor lives as long as the process: it is meant for global actors.
public final class MainContextExecutor: SerialExecutor {
  /// The context this executor runs, for sources that are to fire on its thread.
  public let mainContext = MainContext()
  /// In microseconds.
  private let shortestTurn: gint64
  private let pending = Mutex<[UnownedJob]>([])

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: shown by tools such as `top -H`; Linux keeps its first 15 bytes.
  ///   - shortestTurn: the minimum time between two wake-ups. What arrives meanwhile is done together: that saves
  ///     wake-ups, and delays by as much what arrives right after something else.
  public init(name: String, shortestTurn: Duration = .zero) {
    self.shortestTurn = gint64(shortestTurn / .microseconds(1))
    let body: GThreadFunc = { data in callbackContext(data, as: MainContextExecutor.self).run() }
    g_thread_unref(g_thread_new(name, body, retainedCallbackContext(self)))
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let first = pending.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    // The thread takes everything pending at once, so one wake-up per batch is enough.
    if first { g_main_context_wakeup(mainContext.pointer) }
  }

  /// The thread's body. The context becomes the thread's default, so that what libsoup and GIO start asynchronously on
  /// this thread completes on it.
  private func run() -> Never {
    g_main_context_push_thread_default(mainContext.pointer)
    while true {
      turn(mayWait: true)
      let start = g_get_monotonic_time()
      // What this makes ready belongs to the same turn: the jobs and the writes that follow from what was read.
      while g_get_monotonic_time() - start < shortestTurn, turn(mayWait: false) {}
      let rest = shortestTurn - (g_get_monotonic_time() - start)
      if rest > 0 { g_usleep(gulong(rest)) }
    }
  }

  /// - Returns: whether there was something to do.
  @discardableResult
  private func turn(mayWait: Bool) -> Bool {
    let hasDispatched = g_main_context_iteration(mainContext.pointer, mayWait ? 1 : 0) != 0
    return runPending() || hasDispatched
  }

  /// Runs what was pending when called. What those jobs enqueue waits for the next turn of the loop, so that jobs
  /// cannot starve sockets and timers.
  private func runPending() -> Bool {
    let jobs = pending.withLock { jobs in
      defer { jobs = [] }
      return jobs
    }
    for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    return !jobs.isEmpty
  }

  public func checkIsolated() {
    precondition(mainContext.isOwnedByCurrentThread, "called off the thread of this executor")
  }

  public func isIsolatingCurrentContext() -> Bool? { mainContext.isOwnedByCurrentThread }
}

/// A `GMainContext`. It may be shared between threads: attaching and waking are thread-safe by GLib's documentation.
public struct MainContext: @unchecked Sendable {
  /// The `GMainContext *`.
  public let pointer: OpaquePointer

  init() { pointer = g_main_context_new() }

  /// Whether the calling thread is the one that runs this context.
  public var isOwnedByCurrentThread: Bool { g_main_context_is_owner(pointer) != 0 }
}
