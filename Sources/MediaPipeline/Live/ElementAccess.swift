import CGLibShims
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

private final class ElementList {
  var elements: [GObjectReference] = []
}

private func collectElement(_ value: UnsafePointer<GValue>?, _ data: gpointer?) {
  guard let value, let object = g_value_get_object(value) else { return }
  callbackContext(data, as: ElementList.self).elements.append(GObjectReference(retaining: object))
}
