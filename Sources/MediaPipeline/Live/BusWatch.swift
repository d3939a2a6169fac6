import CGStreamer
import GLibRuntime
import Synchronization

/// Takes every message off a pipeline's bus on the thread that posts it, so that none pile up, and keeps what matters:
/// the first ERROR or EOS, and an occasional warning.
final class BusWatch: Sendable {
  private let failed: @Sendable (PipelineFailure) -> Void
  private let warned: @Sendable (String) -> Void
  private let hasFailed = Atomic<Bool>(false)
  private let warnings = Mutex(Throttle(every: .seconds(10)))

  /// - Parameters:
  ///   - failed: called at most once, on a streaming thread.
  ///   - warned: called at most every ten seconds, on a streaming thread.
  init(
    failed: @escaping @Sendable (PipelineFailure) -> Void,
    warned: @escaping @Sendable (String) -> Void
  ) {
    self.failed = failed
    self.warned = warned
  }

  /// The bus keeps the watch alive as long as it lives.
  func attach(to pipeline: GObjectReference) {
    let bus = gst_element_get_bus(pipeline.cast())
    gst_bus_set_sync_handler(bus, takeMessage, retainedCallbackContext(self), releaseCallbackContext)
    gst_object_unref(bus)
  }

  fileprivate func take(_ message: UnsafeMutablePointer<GstMessage>) {
    switch message.pointee.type {
    case GST_MESSAGE_ERROR:
      guard !hasFailed.exchange(true, ordering: .relaxed) else { return }
      var error: UnsafeMutablePointer<GError>?
      var detail: UnsafeMutablePointer<gchar>?
      gst_message_parse_error(message, &error, &detail)
      let text = detail.map { String(cString: $0) } ?? ""
      g_free(detail)
      guard let error else { return }
      let cause: PipelineFailure.Cause =
        switch error.pointee.domain {
        case refusalDomain: .refused
        case gst_stream_error_quark(): .stream
        default: .server
        }
      failed(
        PipelineFailure(
          cause: cause, element: sourceName(of: message),
          message: GLibError(consuming: error).message, detail: text))
    case GST_MESSAGE_EOS:
      guard !hasFailed.exchange(true, ordering: .relaxed) else { return }
      failed(
        PipelineFailure(
          cause: .endOfStream, element: sourceName(of: message), message: "the stream ended", detail: ""))
    case GST_MESSAGE_WARNING:
      guard warnings.withLock({ $0.add(at: .now) }) != nil else { return }
      var error: UnsafeMutablePointer<GError>?
      gst_message_parse_warning(message, &error, nil)
      if let error { warned("\(sourceName(of: message)): \(GLibError(consuming: error).message)") }
    default: break
    }
  }

  private func sourceName(of message: UnsafeMutablePointer<GstMessage>) -> String {
    guard let source = message.pointee.src else { return "?" }
    return GObjectReference(retaining: source).elementName
  }
}

private func takeMessage(
  _ bus: UnsafeMutablePointer<GstBus>?, _ message: UnsafeMutablePointer<GstMessage>?, _ data: gpointer?
) -> GstBusSyncReply {
  guard let message else { return GST_BUS_DROP }
  callbackContext(data, as: BusWatch.self).take(message)
  // A handler that drops a message owns it.
  gst_message_unref(message)
  return GST_BUS_DROP
}
