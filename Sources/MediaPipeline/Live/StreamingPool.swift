import CGStreamer
import GLibRuntime
import Synchronization

/// The threads that run frames through the pipelines: as many as there are cores, however many students there are.
///
/// With a thread for each student most of a frame's cost at 10 frames a second is waking that thread and refilling its
/// caches. One pipeline is on one thread at a time, and its frames stay in order.
final class StreamingPool: Sendable {
  static let shared = StreamingPool(threads: Int(g_get_num_processors()))

  /// A thread that has been in one frame for longer than this is stuck in a broken element, and is replaced.
  private static let stuckAfter: Int64 = 2_000_000
  /// Maximum number of threads, whatever gets stuck.
  private static let maximumThreads = 64

  /// `GAsyncQueue` is thread-safe.
  private struct Queue: @unchecked Sendable { let pointer: OpaquePointer }
  private struct State {
    var workers: [StreamingWorker] = []
    /// Threads ever started, for their names.
    var started = 0
    /// Those that have not ended: the workers, and replaced ones that are still stuck.
    var living = 0
  }

  private let queue = Queue(pointer: g_async_queue_new())
  private let state = Mutex(State())

  private init(threads: Int) {
    for _ in 0..<max(1, threads) { addWorker() }
  }

  /// Lets the next free thread call `feeder.carry()`.
  func schedule(_ feeder: BufferFeeder) {
    g_async_queue_push(queue.pointer, Unmanaged.passRetained(feeder).toOpaque())
  }

  /// Replaces threads that are stuck. Call it when frames have waited for long.
  func relieve() {
    let now = Int64(g_get_monotonic_time())
    let stuck = state.withLock { state in
      let stuck = state.workers.count { $0.replaceIfBusy(since: now - Self.stuckAfter) }
      state.workers.removeAll { $0.isReplaced.load(ordering: .relaxed) }
      return min(stuck, Self.maximumThreads - state.living)
    }
    for _ in 0..<max(0, stuck) { addWorker() }
  }

  private func addWorker() {
    let worker = StreamingWorker(pool: self)
    let number = state.withLock { state in
      state.workers.append(worker)
      state.living += 1
      state.started += 1
      return state.started
    }
    // `g_thread_new` ends the process if the system provides no thread; the existing ones continue instead.
    let thread = g_thread_try_new(
      "streaming-\(number)", runStreamingWorker, Unmanaged.passRetained(worker).toOpaque(), nil)
    guard let thread else {
      Unmanaged.passUnretained(worker).release()
      state.withLock { state in
        state.workers.removeAll { $0 === worker }
        state.living -= 1
      }
      return
    }
    g_thread_unref(thread)
  }

  /// Runs frames until the worker is replaced.
  fileprivate func run(_ worker: StreamingWorker) {
    while !worker.isReplaced.load(ordering: .relaxed) {
      let feeder = Unmanaged<BufferFeeder>.fromOpaque(g_async_queue_pop(queue.pointer)!).takeRetainedValue()
      worker.busySince.store(Int64(g_get_monotonic_time()), ordering: .relaxed)
      feeder.carry()
      worker.busySince.store(0, ordering: .relaxed)
    }
    state.withLock { $0.living -= 1 }
  }
}

/// One thread of the pool.
private final class StreamingWorker: Sendable {
  let pool: StreamingPool
  /// When it began with its current frame, in monotonic microseconds; 0 without one.
  let busySince = Atomic<Int64>(0)
  let isReplaced = Atomic<Bool>(false)

  init(pool: StreamingPool) { self.pool = pool }

  func replaceIfBusy(since limit: Int64) -> Bool {
    let since = busySince.load(ordering: .relaxed)
    guard since > 0, since < limit else { return false }
    isReplaced.store(true, ordering: .relaxed)
    return true
  }
}

private func runStreamingWorker(_ data: gpointer?) -> gpointer? {
  let worker = Unmanaged<StreamingWorker>.fromOpaque(data!).takeRetainedValue()
  worker.pool.run(worker)
  return nil
}
