import CGLibShims
import CGStreamer
import GLibRuntime
import Synchronization

/// Stands behind the appsrc: counts what leaves it, and ends a container out of which no frame comes.
///
/// A demuxer collects an element until it is as long as its header claims, and skips padding for ever: neither yields
/// a picture, and neither is an error to it.
final class EntranceProbe: Sendable {
  private let counters: PipelineCounters
  private let maximumBytesWithoutFrame: Int

  private init(counters: PipelineCounters, maximumBytesWithoutFrame: Int) {
    self.counters = counters
    self.maximumBytesWithoutFrame = maximumBytesWithoutFrame
  }

  static func install(
    behind source: GObjectReference, counters: PipelineCounters, maximumBytesWithoutFrame: Int
  ) {
    guard let pad = source.staticPad("src") else { return }
    gst_pad_add_probe(
      pad.cast(), GST_PAD_PROBE_TYPE_BUFFER, countEntering,
      retainedCallbackContext(
        EntranceProbe(counters: counters, maximumBytesWithoutFrame: maximumBytesWithoutFrame)),
      releaseCallbackContext)
  }

  /// - Returns: nil, or why the stream cannot go on.
  fileprivate func count(_ buffer: UnsafeMutablePointer<GstBuffer>) -> String? {
    let size = Int(gst_buffer_get_size(buffer))
    counters.enteringCapture.store(CaptureStamp.read(buffer) ?? -1, ordering: .relaxed)
    counters.enteredBytes.increment(by: size)
    counters.entered.increment()
    if counters.messagesAreFrames.load(ordering: .relaxed) { counters.countFrameIntoDecoder() }
    let bytes = counters.bytesWithoutFrame.wrappingAdd(size, ordering: .relaxed).newValue
    return bytes > maximumBytesWithoutFrame ? "no frame in \(bytes) bytes of the container" : nil
  }
}

private func countEntering(
  _ pad: UnsafeMutablePointer<GstPad>?, _ info: UnsafeMutablePointer<GstPadProbeInfo>?,
  _ data: gpointer?
) -> GstPadProbeReturn {
  guard let pad, let buffer = gst_pad_probe_info_get_buffer(info),
    let problem = callbackContext(data, as: EntranceProbe.self).count(buffer)
  else { return GST_PAD_PROBE_OK }
  if let parent = gst_pad_get_parent_element(pad) {
    postStreamError(problem, from: parent)
    gst_object_unref(parent)
  }
  return GST_PAD_PROBE_DROP
}
