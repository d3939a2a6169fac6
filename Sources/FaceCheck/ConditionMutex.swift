import Glibc

/// State protected by one lock, and conditions to wait for, with or without a deadline.
///
/// Foundation's condition waits for a time of day, which setting the clock makes too long or too short; the standard
/// library's mutex has no condition. Deadlines here use the monotonic clock.
///
/// `@unchecked Sendable`: `state` is only touched with `mutex` held, and the pointers never change.
final class ConditionMutex<State: Sendable>: @unchecked Sendable {
  typealias Instant = SuspendingClock.Instant

  /// What a waiting thread decided after examining the state.
  enum Step<Result> {
    case done(Result)
    /// Check again when the condition is signalled, or at the instant, whichever is first.
    case wait(until: Instant?)
  }

  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let conditions: UnsafeMutableBufferPointer<pthread_cond_t>

  /// - Parameter conditions: how many there are; they are numbered 0 ..< conditions.
  init(_ state: State, conditions count: Int) {
    self.state = state
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    conditions = .allocate(capacity: count)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    for index in conditions.indices {
      pthread_cond_init(conditions.baseAddress! + index, &attributes)
    }
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    for index in conditions.indices {
      pthread_cond_destroy(conditions.baseAddress! + index)
    }
    conditions.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the lock held; it must not block or re-enter.
  func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  /// Blocks the thread until `decide`, called with the lock held, says done.
  func wait<Result>(for condition: Int, _ decide: (inout State) -> Step<Result>) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      switch decide(&state) {
      case .done(let result): return result
      case .wait(nil): pthread_cond_wait(conditions.baseAddress! + condition, mutex)
      case .wait(let instant?):
        var deadline = Self.timespec(of: instant)
        pthread_cond_timedwait(conditions.baseAddress! + condition, mutex, &deadline)
      }
    }
  }

  /// Wakes one thread that waits for the condition.
  func signal(_ condition: Int) {
    pthread_cond_signal(conditions.baseAddress! + condition)
  }

  /// Wakes every thread that waits for the condition.
  func broadcast(_ condition: Int) {
    pthread_cond_broadcast(conditions.baseAddress! + condition)
  }

  private static func timespec(of instant: Instant) -> Glibc.timespec {
    var now = Glibc.timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let ahead = max(.zero, SuspendingClock.now.duration(to: instant)).components
    let nanoseconds = now.tv_nsec + Int(ahead.attoseconds / 1_000_000_000)
    return Glibc.timespec(
      tv_sec: now.tv_sec + Int(ahead.seconds) + nanoseconds / 1_000_000_000,
      tv_nsec: nanoseconds % 1_000_000_000)
  }
}
