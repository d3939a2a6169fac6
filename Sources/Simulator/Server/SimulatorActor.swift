import GLibRuntime

/// Owns every simulated student and teacher and every libsoup object, on one thread.
@globalActor
actor SimulatorActor {
  static let shared = SimulatorActor()
  // A turn of the loop examines every socket. With hundreds of them most of the work would be turns if each message
  // caused one, so messages are batched. This adds a little to the measured age of pictures.
  static let executor = MainContextExecutor(name: "simulator", shortestTurn: .milliseconds(2))

  nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }

  /// Enters the actor from a C callback known to run on its thread; stops the process if it does not.
  static func assumeIsolated<Result: Sendable>(
    _ operation: @SimulatorActor () throws -> Result
  ) rethrows -> Result {
    executor.checkIsolated()
    return try withoutActuallyEscaping(operation) { operation in
      // The same function type except for the isolation, which was checked above (as in `MainActor.assumeIsolated`).
      try unsafeBitCast(operation, to: (() throws -> Result).self)()
    }
  }
}
