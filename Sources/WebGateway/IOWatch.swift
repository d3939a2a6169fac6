import CSoup
import GLibRuntime

/// Calls an action on the gateway's thread whenever a socket or stream is ready, until cancelled or freed.
@GatewayActor
final class IOWatch {
  private let source: UnsafeMutablePointer<GSource>

  /// Watches a `GPollableInputStream *`.
  convenience init(readable stream: OpaquePointer, _ action: @escaping @GatewayActor () -> Void) {
    self.init(g_pollable_input_stream_create_source(stream, nil), streamReadyCallback(), action)
  }

  /// Watches a `GPollableOutputStream *`.
  convenience init(writable stream: OpaquePointer, _ action: @escaping @GatewayActor () -> Void) {
    self.init(g_pollable_output_stream_create_source(stream, nil), streamReadyCallback(), action)
  }

  /// Watches a socket for input, or for the peer's connecting.
  convenience init(
    readable socket: UnsafeMutablePointer<GSocket>, _ action: @escaping @GatewayActor () -> Void
  ) {
    self.init(g_socket_create_source(socket, G_IO_IN, nil), socketReadyCallback(), action)
  }

  private init(
    _ source: UnsafeMutablePointer<GSource>, _ function: @escaping GSourceFunc,
    _ action: @escaping @GatewayActor () -> Void
  ) {
    self.source = source
    g_source_set_callback(
      source, function, retainedCallbackContext(WatchAction(run: action)),
      releaseCallbackContext)
    g_source_attach(source, GatewayActor.executor.mainContext.pointer)
  }

  func cancel() { g_source_destroy(source) }

  isolated deinit {
    g_source_destroy(source)
    g_source_unref(source)
  }
}

private final class WatchAction: Sendable {
  let run: @GatewayActor () -> Void
  init(run: @escaping @GatewayActor () -> Void) { self.run = run }
}

/// GLib declares every source's callback as `GSourceFunc` and calls it with what the kind of source passes.
private func streamReadyCallback() -> GSourceFunc {
  let function: @convention(c) (UnsafeMutablePointer<GObject>?, gpointer?) -> gboolean = watchedStreamIsReady
  return unsafeBitCast(function, to: GSourceFunc.self)
}

private func socketReadyCallback() -> GSourceFunc {
  let function: @convention(c) (UnsafeMutablePointer<GSocket>?, GIOCondition, gpointer?) -> gboolean =
    watchedSocketIsReady
  return unsafeBitCast(function, to: GSourceFunc.self)
}

private func watchedStreamIsReady(_ stream: UnsafeMutablePointer<GObject>?, _ data: gpointer?) -> gboolean {
  runWatchAction(data)
}

private func watchedSocketIsReady(
  _ socket: UnsafeMutablePointer<GSocket>?, _ condition: GIOCondition, _ data: gpointer?
) -> gboolean {
  runWatchAction(data)
}

private func runWatchAction(_ data: gpointer?) -> gboolean {
  let action = callbackContext(data, as: WatchAction.self)
  GatewayActor.assumeIsolated { action.run() }
  return 1  // G_SOURCE_CONTINUE; cancelling destroys the source whatever is returned
}
