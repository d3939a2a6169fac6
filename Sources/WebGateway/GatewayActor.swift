public import GLibRuntime

/// Owns every object of libsoup and every socket: one thread that turns one `GMainContext`.
///
/// One thread carries 200 students and 20 teachers with room to spare, and lets the gateway do without locks. Nothing
/// that blocks may run here.
@globalActor
public actor GatewayActor {
  public static let shared = GatewayActor()
  public static let executor = MainContextExecutor(name: "web-gateway")

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
