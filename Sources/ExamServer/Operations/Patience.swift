/// Waiting for work that cannot be cancelled.
enum Patience {
  /// Waits until `work` has ended, but no longer than `limit`; what has not ended by then is abandoned.
  ///
  /// - Parameter work: returns whether everything has ended.
  /// - Returns: whether that was so, and in time.
  static func wait(_ limit: Duration, for work: @escaping @Sendable () async -> Bool) async -> Bool {
    let (ends, end) = AsyncStream.makeStream(of: Bool.self)
    Task.detached {
      end.yield(await work())
    }
    let timer = Task.detached {
      try await Task.sleep(for: limit)
      end.yield(false)
    }
    defer { timer.cancel() }
    for await isInTime in ends { return isInTime }
    return false
  }
}
