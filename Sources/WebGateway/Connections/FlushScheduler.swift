import CGLibShims
import CSoup
import GLibRuntime

/// Writes each WebSocket's new messages once per turn of the loop, so that the messages of one turn share system calls,
/// and continues reading where one turn was not enough.
@GatewayActor
final class FlushScheduler {
  private let source: UnsafeMutablePointer<GSource>
  private var waiting: [WebSocketConnection] = []
  private var waitingReads: [WebSocketConnection] = []

  init() {
    source = exam_wakeup_source_new(flushWaiting, nil)
    // The scheduler outlives its source: `isolated deinit` destroys it on the thread on which it would run.
    g_source_set_callback(source, flushWaiting, Unmanaged.passUnretained(self).toOpaque(), nil)
    g_source_attach(source, GatewayActor.executor.mainContext.pointer)
  }

  func schedule(_ connection: WebSocketConnection) {
    waiting.append(connection)
    if waiting.count == 1 { g_source_set_ready_time(source, 0) }
  }

  /// Continues reading in the next turn.
  func scheduleRead(_ connection: WebSocketConnection) {
    waitingReads.append(connection)
    if waitingReads.count == 1 { g_source_set_ready_time(source, 0) }
  }

  fileprivate func flush() {
    let connections = waiting
    let reads = waitingReads
    waiting = []
    waitingReads = []
    for connection in reads { connection.readScheduled() }
    for connection in connections { connection.flushScheduled() }
  }

  isolated deinit {
    g_source_destroy(source)
    g_source_unref(source)
  }
}

private func flushWaiting(_ data: gpointer?) -> gboolean {
  let scheduler = Unmanaged<FlushScheduler>.fromOpaque(data!).takeUnretainedValue()
  GatewayActor.assumeIsolated { scheduler.flush() }
  return 1  // G_SOURCE_CONTINUE
}
