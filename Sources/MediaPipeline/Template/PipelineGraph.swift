import CGStreamer
import GLibRuntime

/// One instance of a template, in state NULL, with the elements that the contract names.
///
/// It is not thread-safe: whoever creates it owns it until it is passed to a live pipeline.
struct PipelineGraph {
  let pipeline: GObjectReference
  let ingest: GObjectReference
  let sinks: [(tap: PipelineTap, sink: GObjectReference)]

  /// Parses the template's text.
  static func make(_ template: PipelineTemplate) throws(PipelineFileError) -> PipelineGraph {
    GStreamer.initialize()
    let pipeline = try PipelineParser.parse(template)
    let ingest = try element(
      "ingest", in: pipeline, type: "appsrc", purpose: "takes what the student uploads", of: template)
    var sinks: [(tap: PipelineTap, sink: GObjectReference)] = []
    for tap in PipelineTap.allCases {
      sinks.append(
        (tap, try element(tap.rawValue, in: pipeline, type: "appsink", purpose: tap.purpose, of: template)))
    }
    return PipelineGraph(pipeline: pipeline, ingest: ingest, sinks: sinks)
  }

  private static func element(
    _ name: String, in pipeline: GObjectReference, type: String, purpose: String,
    of template: PipelineTemplate
  ) throws(PipelineFileError) -> GObjectReference {
    guard let found = gst_bin_get_by_name(pipeline.cast(), name) else {
      throw template.error(
        "there is no element named \(name)", hint: "add \(type) name=\(name), which \(purpose)")
    }
    let element = GObjectReference(adopting: found)
    guard element.factoryName == type else {
      throw template.error(
        line: template.text.line(of: "name=\(name)"),
        "\(name) is a \(element.factoryName ?? "bin"), not an \(type)",
        hint: "\(name) must be an \(type), which \(purpose)")
    }
    return element
  }

  /// The valves named `…_gate`, each with the taps in its name: `tile_gate`, `faces_tile_gate`.
  func gates() -> [(valve: GObjectReference, taps: [PipelineTap])] {
    pipeline.elements().compactMap { element in
      guard element.factoryName == "valve" else { return nil }
      var names = element.elementName.split(separator: "_").map(String.init)
      guard names.popLast() == "gate", !names.isEmpty else { return nil }
      let taps = names.compactMap(PipelineTap.init(rawValue:))
      return taps.count == names.count ? (element, taps) : nil
    }
  }

  /// Media types of encoded pictures that the decoders accept; nil if one accepts anything, or there is none to ask.
  func decodedTypes() -> Set<String>? {
    var types: Set<String> = []
    for decoder in pipeline.elements() where decoder.hasRole("Decoder") {
      guard let accepted = Self.acceptedTypes(of: decoder) else { return nil }
      types.formUnion(accepted)
    }
    return types.isEmpty ? nil : types
  }

  /// The media types that an element accepts; nil if anything, or it has no static pad to ask.
  private static func acceptedTypes(of element: GObjectReference) -> [String]? {
    guard let pad = element.staticPad("sink"), let caps = gst_pad_get_pad_template_caps(pad.cast()) else {
      return nil
    }
    defer { gst_caps_unref(caps) }
    return gst_caps_is_any(caps) == 0 ? mediaTypes(of: caps) : nil
  }

  /// The media type of the container that `ingest` accepts; nil if messages are frames.
  var containerType: String? {
    Ingest.format(of: ingest) == GST_FORMAT_BYTES ? Ingest.mediaType(of: ingest) : nil
  }

  // MARK: Contract

  /// Finds out, without any frame, what can reach each sink, and refuses what the contract does not allow.
  func checkFormats(of template: PipelineTemplate) throws(PipelineFileError) {
    let caps = gst_app_src_get_caps(ingest.cast())
    defer { if let caps { gst_caps_unref(caps) } }
    guard let caps, gst_caps_is_fixed(caps) != 0 else {
      throw template.error(
        line: template.text.line(of: "name=ingest"), "ingest does not say what it takes",
        hint: "give it one media type, such as caps=video/x-vp8")
    }
    try checkFirstElement(takes: caps, of: template)
    for element in pipeline.elements() { try checkDecoder(element, of: template) }
    for (tap, sink) in sinks { try check(sink, of: tap, in: template) }
  }

  private func check(
    _ sink: GObjectReference, of tap: PipelineTap, in template: PipelineTemplate
  ) throws(PipelineFileError) {
    let line = template.text.line(of: "name=\(tap)")
    let pad = gst_element_get_static_pad(sink.cast(), "sink")
    defer { gst_object_unref(pad) }
    guard gst_pad_is_linked(pad) != 0 else {
      throw template.error(line: line, "nothing is linked to \(tap)", hint: "link it with !")
    }
    let offered = gst_pad_peer_query_caps(pad, nil)
    let wanted = gst_caps_from_string(tap.caps)
    defer {
      gst_caps_unref(offered)
      gst_caps_unref(wanted)
    }
    guard let offered, gst_caps_is_empty(offered) == 0 else {
      throw template.error(
        line: line, "no format passes the elements before \(tap)",
        hint: "two of them exclude each other's formats")
    }
    guard gst_caps_is_subset(offered, wanted) != 0 else {
      throw template.error(
        line: line, "\(tap) could get \(capsText(offered).prefix(300))",
        hint: "it must get nothing but \(tap.caps.replacing("(string)", with: ""))")
    }
  }

  /// An appsrc links to anything; what follows it says whether it accepts the media type.
  private func checkFirstElement(
    takes caps: UnsafeMutablePointer<GstCaps>, of template: PipelineTemplate
  ) throws(PipelineFileError) {
    guard let pad = ingest.staticPad("src"), let peer = gst_pad_get_peer(pad.cast()) else {
      throw template.error(
        line: template.text.line(of: "name=ingest"), "nothing is linked to ingest",
        hint: "link a decoder with !")
    }
    let next = GObjectReference(adopting: peer)
    guard gst_pad_query_accept_caps(next.cast(), caps) == 0 else { return }
    // A gate passes the query on, so the one that declines may come later; it is the first that is not a gate.
    let element = firstElement(behind: pad)
    throw template.error(
      line: element.flatMap { line(of: $0, in: template) },
      "\(element?.elementName ?? "what follows ingest") does not take \(capsText(caps))",
      hint: "put the decoder of that media type behind ingest")
  }

  private func firstElement(behind pad: GObjectReference) -> GObjectReference? {
    guard let peer = gst_pad_get_peer(pad.cast()) else { return nil }
    let next = GObjectReference(adopting: peer)
    guard let parent = gst_pad_get_parent_element(next.cast()) else { return nil }
    let element = GObjectReference(adopting: parent)
    guard element.factoryName == "valve", let source = element.staticPad("src") else { return element }
    return firstElement(behind: source)
  }

  /// Refuses decoders of formats that are not inspected first. What `decodebin` adds later is checked when its caps arrive.
  private func checkDecoder(
    _ element: GObjectReference, of template: PipelineTemplate
  ) throws(PipelineFileError) {
    guard element.isPictureDecoder, let accepted = Self.acceptedTypes(of: element),
      let first = accepted.first,
      accepted.allSatisfy({ InspectedCodec(mediaType: $0) == nil })
    else { return }
    throw template.error(
      line: line(of: element, in: template),
      "the server cannot read how large a picture of \(first) is before \(element.elementName) takes memory for it",
      hint: "use one of the codecs in Pipelines/README.md")
  }

  private func line(of element: GObjectReference, in template: PipelineTemplate) -> Int? {
    template.text.line(of: element.elementName) ?? template.text.line(of: element.factoryName ?? "")
  }
}
