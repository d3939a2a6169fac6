import CGStreamer
import CPictureScaler
import GLibRuntime

/// Creates pipelines and receives what their buses report, on a thread of its own.
///
/// Streaming threads never wait for it: they pass it a failure and continue.
@globalActor
public actor PipelineActor {
  public static let shared = PipelineActor()
  private static let executor = MainContextExecutor(name: "pipelines")

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    Self.executor.asUnownedSerialExecutor()
  }
}

/// GStreamer, started once per process. Everything here that touches GStreamer first asks for it.
enum GStreamer {
  static let isInitialized: Bool = {
    do {
      guard try withGLibError({ gst_init_check(nil, nil, &$0) }) != 0 else { return false }
      BoundedAllocator.install()
      return exam_register_picture_scaler()
    } catch {
      fatalError("GStreamer does not start: \(error)")
    }
  }()

  static func initialize() { precondition(isInitialized) }
}
