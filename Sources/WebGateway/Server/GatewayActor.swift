public import GLibRuntime

/// Owns every libsoup object and every socket: one thread that runs one `GMainContext`.
///
/// One thread carries 200 students and 20 teachers with capacity to spare, and the gateway needs no locks. Nothing that
/// blocks may run here.
@globalActor
public actor GatewayActor {
  public static let shared = GatewayActor()
  /// Turns of 8 ms: with 500 frames a second the thread wakes 125 times instead of 850, and what arrives in one turn
  /// passes the pipelines together. What comes after a pause is seen at once, what comes right after something else, or
  /// from another actor, up to 8 ms later.
  public static let executor = MainContextExecutor(name: "web-gateway", shortestTurn: .milliseconds(8))

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    Self.executor.asUnownedSerialExecutor()
  }

  /// Enters the actor from a C callback known to run on its thread; stops the process if it does not.
  public static func assumeIsolated<Result: Sendable>(
    _ operation: @GatewayActor () throws -> Result
  ) rethrows -> Result {
    executor.checkIsolated()
    return try withoutActuallyEscaping(operation) { operation in
      // The same function type except for the isolation, which was checked above (as in `MainActor.assumeIsolated`).
      try unsafeBitCast(operation, to: (() throws -> Result).self)()
    }
  }
}
