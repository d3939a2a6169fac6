import CGStreamer

/// Calls an action on a main context's thread, every `interval`, until cancelled or freed.
///
/// Create, cancel and release it on the context's thread: then no call begins after `cancel` returns.
public final class MainContextTimer {
  private let source: UnsafeMutablePointer<GSource>

  /// - Parameters:
  ///   - interval: in milliseconds.
  ///   - action: runs on the context's thread.
  public init(
    every interval: Int, on context: MainContext, action: @escaping @Sendable () -> Void
  ) {
    source = g_timeout_source_new(guint(interval))
    let run: GSourceFunc = { data in
      callbackContext(data, as: TimerAction.self).run()
      return 1  // G_SOURCE_CONTINUE
    }
    g_source_set_callback(
      source, run, retainedCallbackContext(TimerAction(run: action)), releaseCallbackContext)
    g_source_attach(source, context.pointer)
  }

  public func cancel() { g_source_destroy(source) }

  deinit {
    g_source_destroy(source)
    g_source_unref(source)
  }
}

private final class TimerAction {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}
