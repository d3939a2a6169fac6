import Synchronization

/// Notes the decoded pictures a streaming thread has delivered.
final class DecodeProgress: Sendable {
  private struct State {
    var last: Instant?
    var isNew = false
  }

  private let state = Mutex(State())

  /// One more; called on the streaming thread.
  func note() {
    state.withLock { state in
      state.last = .now
      state.isNew = true
    }
  }

  /// Whether any pictures came since the last call.
  func take() -> Bool {
    state.withLock { state in
      defer { state.isNew = false }
      return state.isNew
    }
  }

  var lastDecoded: Instant? { state.withLock(\.last) }
}
