import GLibRuntime

/// Owns every simulated student and teacher and every object of libsoup, on one thread.
@globalActor
actor SimulatorActor {
  static let shared = SimulatorActor()
  // A turn of the loop looks at every socket. With hundreds of them most of the work would be turns if each message made
  // one, so messages are taken together. A picture looks older by a part of this.
  static let executor = MainContextExecutor(name: "simulator", shortestTurn: .milliseconds(2))

  nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }

  /// Enters the actor from a C callback that is known to run on its thread; stops the process where it does not.
  static func assumeIsolated<Result: Sendable>(
    _ operation: @SimulatorActor () throws -> Result
  ) rethrows -> Result {
    executor.checkIsolated()
    return try withoutActuallyEscaping(operation) { operation in
      // The same function type but for the isolation, which was checked above (as `MainActor.assumeIsolated` does).
      try unsafeBitCast(operation, to: (() throws -> Result).self)()
    }
  }
}
