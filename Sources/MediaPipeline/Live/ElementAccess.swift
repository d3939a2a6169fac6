import CGStreamer
import GLibRuntime

extension GObjectReference {
  /// The name of a `GstObject`.
  var elementName: String {
    guard let name = gst_object_get_name(cast()) else { return "?" }
    defer { g_free(name) }
    return String(cString: name)
  }

  /// The type name by which gst-launch knows an element.
  var factoryName: String? {
    guard let factory = gst_element_get_factory(cast()) else { return nil }
    return GObjectReference(retaining: UnsafeMutableRawPointer(factory)).elementName
  }

  /// Whether the element's class, such as `Codec/Decoder/Video`, names `role`.
  func hasRole(_ role: String) -> Bool {
    guard let text = gst_element_get_metadata(cast(), GST_ELEMENT_METADATA_KLASS) else { return false }
    return String(cString: text).split(separator: "/").contains { $0 == role }
  }

  /// Whether it decodes frames into pictures.
  var isPictureDecoder: Bool { hasRole("Decoder") && (hasRole("Video") || hasRole("Image")) }

  /// Sets a property to a value as pipeline files write it.
  func set(_ property: String, to value: String) { gst_util_set_object_arg(cast(), property, value) }

  /// The static pad called `name`.
  func staticPad(_ name: String) -> GObjectReference? {
    gst_element_get_static_pad(cast(), name).map { GObjectReference(adopting: $0) }
  }

  /// All elements inside a bin, at any depth.
  func elements() -> [GObjectReference] {
    let collected = ElementList()
    guard let iterator = gst_bin_iterate_recurse(cast()) else { return [] }
    defer { gst_iterator_free(iterator) }
    // A resync starts over, since elements were added or removed meanwhile.
    while true {
      collected.elements = []
      let result = gst_iterator_foreach(
        iterator, collectElement, Unmanaged.passUnretained(collected).toOpaque())
      if result != GST_ITERATOR_RESYNC { break }
      gst_iterator_resync(iterator)
    }
    return collected.elements
  }

  /// Lets `judge` decide on what is about to pass this pad. Called on the streaming thread.
  func addProbe(_ types: GstPadProbeType..., judge: @escaping PadProbe.Judge) {
    gst_pad_add_probe(
      cast(), GstPadProbeType(types.reduce(0) { $0 | $1.rawValue }), judgePassing,
      retainedCallbackContext(PadProbe(judge: judge)), releaseCallbackContext)
  }
}

final class PadProbe: Sendable {
  typealias Judge =
    @Sendable (UnsafeMutablePointer<GstPad>, UnsafeMutablePointer<GstPadProbeInfo>) -> GstPadProbeReturn

  fileprivate let judge: Judge

  fileprivate init(judge: @escaping Judge) { self.judge = judge }
}

private func judgePassing(
  _ pad: UnsafeMutablePointer<GstPad>?, _ info: UnsafeMutablePointer<GstPadProbeInfo>?, _ data: gpointer?
) -> GstPadProbeReturn {
  guard let pad, let info else { return GST_PAD_PROBE_OK }
  return callbackContext(data, as: PadProbe.self).judge(pad, info)
}

extension UnsafeMutablePointer<GstEvent> {
  /// The caps that it announces, which the event owns; nil for another event.
  var caps: UnsafeMutablePointer<GstCaps>? {
    guard pointee.type == GST_EVENT_CAPS else { return nil }
    var caps: UnsafeMutablePointer<GstCaps>?
    gst_event_parse_caps(self, &caps)
    return caps
  }
}

extension UnsafeMutablePointer<GstPadProbeInfo> {
  /// The event that passes, nil if it is a buffer.
  var event: UnsafeMutablePointer<GstEvent>? {
    pointee.type.rawValue & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM.rawValue == 0
      ? nil : gst_pad_probe_info_get_event(self)
  }
}

extension SharedBytes {
  /// The content of a buffer.
  init(copying buffer: UnsafeMutablePointer<GstBuffer>) {
    self.init(count: Int(gst_buffer_get_size(buffer))) { memory in
      _ = gst_buffer_extract(buffer, 0, memory.baseAddress, gsize(memory.count))
    }
  }
}

func capsText(_ caps: UnsafeMutablePointer<GstCaps>) -> String {
  guard let text = gst_caps_to_string(caps) else { return "" }
  defer { g_free(text) }
  return String(cString: text)
}

/// The media types of the structures, such as `video/x-vp8`.
func mediaTypes(of caps: UnsafeMutablePointer<GstCaps>) -> [String] {
  (0..<gst_caps_get_size(caps)).compactMap { index in
    gst_caps_get_structure(caps, index).map { String(cString: gst_structure_get_name($0)) }
  }
}

/// Posts an ERROR on the element's bus.
func postError(_ message: String, domain: GQuark, from element: UnsafeMutablePointer<GstElement>) {
  gst_element_message_full(
    element, GST_MESSAGE_ERROR, domain, gint(GST_STREAM_ERROR_FAILED.rawValue), g_strdup(message), nil,
    "ExamMonitoring", "MediaPipeline", 0)
}

private final class ElementList {
  var elements: [GObjectReference] = []
}

private func collectElement(_ value: UnsafePointer<GValue>?, _ data: gpointer?) {
  guard let value, let object = g_value_get_object(value) else { return }
  callbackContext(data, as: ElementList.self).elements.append(GObjectReference(retaining: object))
}
