import CGLibShims
import CTLSStream
import GLibRuntime

/// Computes handshakes, on a thread of its own: each takes most of a millisecond, for which the sockets of an exam need
/// not wait.
@globalActor
actor TLSActor {
  static let shared = TLSActor()
  private static let executor = MainContextExecutor(name: "tls-handshake")

  nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }

  enum Step: Sendable {
    case done
    case needsInput
    case failed(String)
  }

  /// Continues a handshake as far as the data received allow. Nobody else may use the stream meanwhile.
  @TLSActor
  static func step(_ stream: GObjectReference) -> Step {
    var error: UnsafeMutablePointer<GError>?
    let result = exam_tls_stream_handshake(stream.cast(), &error)
    if let error { return .failed(GLibError(consuming: error).message) }
    return result == EXAM_TLS_HANDSHAKE_DONE ? .done : .needsInput
  }

  /// Returns to the system the memory that many handshakes leave in the heap.
  @TLSActor
  static func releaseMemory() { Heap.giveBack() }
}
