import CGStreamer

/// A handler connected to a GObject signal. The handler's context is kept alive by the connection inside GObject until
/// the handler is disconnected or the object is gone, whichever comes first, so it can never be called with a freed
/// context.
public struct SignalConnection {
  private let object: UnsafeMutableRawPointer
  private let identifier: gulong

  /// Connects a handler.
  ///
  /// - Parameters:
  ///   - object: the emitter; not retained.
  ///   - signal: the signal's name with its detail, such as `message::error`.
  ///   - handler: a `@convention(c)` function with the signal's parameters, the last of which is the user data.
  ///   - context: passed to the handler as user data; read it with `callbackContext(_:as:)`.
  public init<Handler>(
    _ object: UnsafeMutableRawPointer, _ signal: String, handler: Handler, context: AnyObject
  ) {
    self.object = object
    identifier = g_signal_connect_data(
      object, signal, unsafeBitCast(handler, to: GCallback.self), retainedCallbackContext(context),
      { data, _ in releaseCallbackContext(data) },
      GConnectFlags(rawValue: 0))
  }

  /// Disconnects. The object must still be alive.
  public func disconnect() { g_signal_handler_disconnect(object, identifier) }
}

/// The object that was passed to a C callback as its user data.
public func callbackContext<Context: AnyObject>(
  _ data: UnsafeMutableRawPointer?, as type: Context.Type = Context.self
) -> Context {
  Unmanaged<Context>.fromOpaque(data!).takeUnretainedValue()
}

/// Retains `context` for a C call that takes a `GDestroyNotify` beside its user data; pass `releaseCallbackContext`
/// with it.
public func retainedCallbackContext(_ context: AnyObject) -> UnsafeMutableRawPointer {
  Unmanaged.passRetained(context).toOpaque()
}

/// The `GDestroyNotify` that pairs with `retainedCallbackContext`.
public func releaseCallbackContext(_ data: gpointer?) {
  Unmanaged<AnyObject>.fromOpaque(data!).release()
}
