import CSoup
import GLibRuntime

/// Calls an action on the gateway's thread whenever a socket has input or a connection to accept, until cancelled or
/// freed.
@GatewayActor
final class IOWatch {
  private let source: UnsafeMutablePointer<GSource>

  init(readable socket: UnsafeMutablePointer<GSocket>, _ action: @escaping @GatewayActor () -> Void) {
    source = g_socket_create_source(socket, G_IO_IN, nil)
    // GLib declares every source's callback as `GSourceFunc`, and calls it with what that kind of source passes.
    let callback: @convention(c) (UnsafeMutablePointer<GSocket>?, GIOCondition, gpointer?) -> gboolean =
      watchedSocketIsReady
    g_source_set_callback(
      source, unsafeBitCast(callback, to: GSourceFunc.self),
      retainedCallbackContext(WatchAction(run: action)),
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

private func watchedSocketIsReady(
  _ socket: UnsafeMutablePointer<GSocket>?, _ condition: GIOCondition, _ data: gpointer?
) -> gboolean {
  let action = callbackContext(data, as: WatchAction.self)
  GatewayActor.assumeIsolated { action.run() }
  return 1  // G_SOURCE_CONTINUE; cancelling destroys the source whatever is returned
}
