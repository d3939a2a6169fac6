import CGLibShims
import CGStreamer
import Synchronization

/// Runs an actor's jobs on a thread of its own that runs a `GMainContext`, so that the actor may own objects of GLib
/// libraries: their callbacks arrive on the thread on which the actor's code runs.
///
/// The executor lives as long as the process: it is meant for global actors.
public final class MainContextExecutor: SerialExecutor {
  private let context: MainContext
  private let wakeup: WakeupSource
  private let pending = Mutex<[UnownedJob]>([])

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: shown by tools such as `top -H`; Linux keeps its first 15 bytes.
  ///   - shortestTurn: the minimum time between two wake-ups. What arrives meanwhile is done together: that saves
  ///     wake-ups, and delays by as much what arrives right after something else.
  public init(name: String, shortestTurn: Duration = .zero) {
    context = MainContext()
    wakeup = WakeupSource()
    wakeup.attach(to: context, owner: self)
    context.runForever(threadName: name, shortestTurn: shortestTurn)
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let first = pending.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    // The thread takes everything pending at once, so one wake-up per batch is enough.
    if first { wakeup.fire() }
  }

  /// Runs what was pending when called. What those jobs enqueue waits for the next turn of the loop, so that jobs
  /// cannot starve sockets and timers.
  fileprivate func runPending() {
    let jobs = pending.withLock { jobs in
      defer { jobs = [] }
      return jobs
    }
    for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  public func checkIsolated() {
    precondition(context.isOwnedByCurrentThread, "called off the thread of this executor")
  }

  public func isIsolatingCurrentContext() -> Bool? { context.isOwnedByCurrentThread }

  /// The context this executor runs, for sources that are to fire on its thread.
  public var mainContext: MainContext { context }
}

/// A `GMainContext`. It may be shared between threads: attaching and waking are thread-safe by GLib's documentation.
public struct MainContext: @unchecked Sendable {
  /// The `GMainContext *`.
  public let pointer: OpaquePointer

  init() { pointer = g_main_context_new() }

  /// Whether the calling thread is the one that runs this context.
  public var isOwnedByCurrentThread: Bool { g_main_context_is_owner(pointer) != 0 }

  func runForever(threadName: String, shortestTurn: Duration) {
    let loop = Loop(context: self, shortestTurn: shortestTurn)
    let thread = g_thread_new(threadName, turnContextForever, retainedCallbackContext(loop))
    g_thread_unref(thread)
  }
}

/// What a thread needs to run a context.
private final class Loop: Sendable {
  let context: MainContext
  let shortestTurn: Duration

  init(context: MainContext, shortestTurn: Duration) {
    self.context = context
    self.shortestTurn = shortestTurn
  }
}

/// The thread's body. The context becomes the thread's default, so that what libsoup and GIO start asynchronously on
/// this thread completes on it.
private func turnContextForever(_ data: gpointer?) -> gpointer? {
  let loop = callbackContext(data, as: Loop.self)
  let context = loop.context.pointer
  g_main_context_push_thread_default(context)
  let shortest = gint64(loop.shortestTurn / .microseconds(1))
  while true {
    g_main_context_iteration(context, 1)
    let start = g_get_monotonic_time()
    // What this makes ready belongs to the same turn: the jobs and the writes that follow from what was read.
    while g_get_monotonic_time() - start < shortest, g_main_context_iteration(context, 0) != 0 {}
    let rest = shortest - (g_get_monotonic_time() - start)
    if rest > 0 { g_usleep(gulong(rest)) }
  }
}

/// A source that is ready whenever it was fired since it last ran. `g_source_set_ready_time` is thread-safe.
private struct WakeupSource: @unchecked Sendable {
  private let source: UnsafeMutablePointer<GSource>
  private let owner: UnsafeMutablePointer<Unmanaged<MainContextExecutor>?>

  init() {
    owner = .allocate(capacity: 1)
    owner.initialize(to: nil)
    source = exam_wakeup_source_new(runPendingJobs, owner)
  }

  /// The executor is never freed once its thread runs, so an unretained reference would do; it is retained to make that
  /// explicit.
  func attach(to context: MainContext, owner executor: MainContextExecutor) {
    owner.pointee = .passRetained(executor)
    g_source_attach(source, context.pointer)
  }

  func fire() { g_source_set_ready_time(source, 0) }
}

private func runPendingJobs(_ data: gpointer?) -> gboolean {
  let owner = data!.assumingMemoryBound(to: Unmanaged<MainContextExecutor>?.self)
  owner.pointee?.takeUnretainedValue().runPending()
  return 1  // G_SOURCE_CONTINUE
}
