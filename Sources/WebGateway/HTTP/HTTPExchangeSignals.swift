import CSoup
import GLibRuntime

private typealias PlainHandler = @convention(c) (gpointer?, gpointer?) -> Void

func connectMessageSignals(_ message: UnsafeMutableRawPointer, context: HTTPExchange) {
  let plain: [(String, PlainHandler)] = [
    ("got-headers", messageGotHeaders), ("wrote-chunk", messageWroteChunk),
    ("wrote-informational", messageWroteInformational), ("wrote-body", messageWroteBody),
  ]
  for (signal, handler) in plain {
    _ = SignalConnection(
      message, signal, handler: unsafeBitCast(handler, to: GCallback.self), context: context)
  }
  let chunk: @convention(c) (gpointer?, OpaquePointer?, gpointer?) -> Void = messageGotChunk
  _ = SignalConnection(
    message, "got-chunk", handler: unsafeBitCast(chunk, to: GCallback.self), context: context)
}

private func messageGotHeaders(_ message: gpointer?, _ data: gpointer?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { exchange.gotHeaders() }
}

private func messageGotChunk(_ message: gpointer?, _ chunk: OpaquePointer?, _ data: gpointer?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  let count = chunk.map { Int(g_bytes_get_size($0)) } ?? 0
  GatewayActor.assumeIsolated { exchange.gotChunk(count) }
}

private func messageWroteChunk(_ message: gpointer?, _ data: gpointer?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { exchange.wroteChunk() }
}

private func messageWroteInformational(_ message: gpointer?, _ data: gpointer?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { exchange.wroteInformational() }
}

private func messageWroteBody(_ message: gpointer?, _ data: gpointer?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { exchange.wroteBody() }
}

func messageIsFreed(_ data: gpointer?, _ message: UnsafeMutablePointer<GObject>?) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { exchange.messageFreed() }
}
