public import GLibRuntime

/// Owns every object of libsoup and every socket: one thread that turns one `GMainContext`.
///
/// One thread carries 200 students and 20 teachers with room to spare, and lets the gateway do without locks. Nothing
/// that blocks may run here.
@globalActor
public actor GatewayActor {
  public static let shared = GatewayActor()
  /// Turns of 8 ms: with 500 frames a second the thread wakes 125 times for what it would wake 850 times for, and what
  /// comes in one turn goes through the pipelines in one go. What comes after a pause is seen at once, what comes right
  /// after something else, or by way of another actor, up to 8 ms later.
  public static let executor = MainContextExecutor(name: "web-gateway", shortestTurn: .milliseconds(8))

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    Self.executor.asUnownedSerialExecutor()
  }

  /// Enters the actor from a C callback that is known to run on its thread; stops the process where it does not.
  public static func assumeIsolated<Result: Sendable>(
    _ operation: @GatewayActor () throws -> Result
  ) rethrows -> Result {
    executor.checkIsolated()
    return try withoutActuallyEscaping(operation) { operation in
      // The same function type but for the isolation, which was checked above (as `MainActor.assumeIsolated` does).
      try unsafeBitCast(operation, to: (() throws -> Result).self)()
    }
  }
}
