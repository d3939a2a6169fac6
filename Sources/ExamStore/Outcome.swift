import Dispatch
import Synchronization

/// The result of a task on another thread.
final class Outcome<Success: Sendable>: Sendable {
  private let result = Mutex<Result<Success, any Error>?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func set(_ outcome: Result<Success, any Error>) {
    result.withLock { $0 = outcome }
    isThere.signal()
  }

  func wait() -> Result<Success, any Error> {
    isThere.wait()
    return result.withLock { $0! }
  }
}
