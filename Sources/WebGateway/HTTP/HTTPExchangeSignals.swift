import CSoup
import GLibRuntime

private typealias PlainHandler = @convention(c) (gpointer?, gpointer?) -> Void
private typealias ChunkHandler = @convention(c) (gpointer?, OpaquePointer?, gpointer?) -> Void

func connectMessageSignals(_ message: UnsafeMutableRawPointer, context: HTTPExchange) {
  let plain: [(String, PlainHandler)] = [
    ("got-headers", { _, data in enter(data) { $0.gotHeaders() } }),
    ("wrote-chunk", { _, data in enter(data) { $0.wroteChunk() } }),
    ("wrote-informational", { _, data in enter(data) { $0.wroteInformational() } }),
    ("wrote-body", { _, data in enter(data) { $0.wroteBody() } }),
  ]
  for (signal, handler) in plain {
    _ = SignalConnection(message, signal, handler: handler, context: context)
  }
  let chunk: ChunkHandler = { _, chunk, data in
    let count = chunk.map { Int(g_bytes_get_size($0)) } ?? 0
    enter(data) { $0.gotChunk(count) }
  }
  _ = SignalConnection(message, "got-chunk", handler: chunk, context: context)
}

func messageIsFreed(_ data: gpointer?, _ message: UnsafeMutablePointer<GObject>?) {
  enter(data) { $0.messageFreed() }
}

/// Passes what libsoup signals on the gateway's thread to the exchange in the user data.
func enter(_ data: gpointer?, _ body: @GatewayActor (HTTPExchange) -> Void) {
  let exchange = callbackContext(data, as: HTTPExchange.self)
  GatewayActor.assumeIsolated { body(exchange) }
}
