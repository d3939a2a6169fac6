import Glibc

/// A named thread that yields to others.
struct WorkerThread: Sendable, Equatable {
  /// Added to the thread's nice value, so that decoding and the web, which share the cores, go first.
  static let niceness: Int32 = 2

  private let thread: pthread_t

  /// - Parameter name: shown by `top -H`; at most 15 bytes.
  /// - Throws: `FaceCheckError`.
  static func start(name: String, body: sending @escaping () -> Void) throws -> WorkerThread {
    precondition(name.utf8.count <= 15)
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, runWorkerThread, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw FaceCheckError(
        description: "cannot start the thread \(name): \(String(cString: strerror(code)))")
    }
    return WorkerThread(thread: thread)
  }

  /// The calling thread.
  static var current: WorkerThread { WorkerThread(thread: pthread_self()) }

  static func == (a: WorkerThread, b: WorkerThread) -> Bool { pthread_equal(a.thread, b.thread) != 0 }

  /// Waits for the thread to end; a thread that asks for its own end is detached instead.
  func join() {
    if self == .current {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }

  /// CPU time the calling thread has used.
  static var cpuTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  fileprivate final class Start {
    let name: String
    let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
      self.name = name
      self.body = body
    }
  }
}

/// The entry function of every worker thread. Not a closure literal, so that it clearly captures nothing.
private func runWorkerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let start = Unmanaged<WorkerThread.Start>.fromOpaque(context!).takeRetainedValue()
  // The call for this, pthread_setname_np, is hidden from Swift as a GNU extension. A failure costs only the name.
  if let file = fopen("/proc/thread-self/comm", "w") {
    fputs(start.name, file)
    fclose(file)
  }
  // On Linux that of the calling thread alone. Its failure does no harm.
  _ = nice(WorkerThread.niceness)
  start.body()
  return nil
}
