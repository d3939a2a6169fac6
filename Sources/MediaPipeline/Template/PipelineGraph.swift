import CGLibShims
import CGStreamer
import ExamModel
import GLibRuntime

/// One instance of a template, in state NULL, with the elements that the contract names.
///
/// It is not thread-safe: whoever creates it owns it until it is passed to a live pipeline.
struct PipelineGraph {
  let pipeline: GObjectReference
  let ingest: GObjectReference
  let faces: GObjectReference
  let tile: GObjectReference
  let focus: GObjectReference

  /// Parses the template's text.
  static func make(_ template: PipelineTemplate) throws(PipelineFileError) -> PipelineGraph {
    GStreamer.initialize()
    let pipeline = try PipelineParser.parse(template)
    func sink(_ name: String, _ purpose: String) throws(PipelineFileError) -> GObjectReference {
      try element(
        name, in: pipeline, type: gst_app_sink_get_type(), typeName: "appsink", purpose: purpose,
        of: template)
    }
    return PipelineGraph(
      pipeline: pipeline,
      ingest: try element(
        "ingest", in: pipeline, type: gst_app_src_get_type(), typeName: "appsrc",
        purpose: "takes what the student uploads", of: template),
      faces: try sink("faces", "gives raw pictures to the face check"),
      tile: try sink("tile", "gives JPEGs of the tile view"),
      focus: try sink("focus", "gives JPEGs of the focus view"))
  }

  func sink(of view: PictureView) -> GObjectReference {
    switch view {
    case .tile: tile
    case .focus: focus
    }
  }

  /// The valves named `…_gate`, each with the taps in its name: `tile_gate`, `faces_tile_gate`.
  func gates() -> [(valve: GObjectReference, taps: [String])] {
    pipeline.elements().compactMap { element in
      guard let factory = element.factoryName, factory == "valve" else { return nil }
      var parts = element.elementName.split(separator: "_").map(String.init)
      guard parts.popLast() == "gate", !parts.isEmpty else { return nil }
      return (element, parts)
    }
  }

  /// Media types of encoded pictures that the decoders accept; nil if one accepts anything, or there is none to ask.
  func decodedTypes() -> Set<String>? {
    var types: Set<String> = []
    for decoder in pipeline.elements() where decoder.hasRole("Decoder") {
      guard let pad = decoder.staticPad("sink"), let caps = gst_pad_get_pad_template_caps(pad.cast()) else {
        return nil
      }
      defer { gst_caps_unref(caps) }
      guard gst_caps_is_any(caps) == 0 else { return nil }
      for index in 0..<gst_caps_get_size(caps) {
        if let structure = gst_caps_get_structure(caps, index) {
          types.insert(String(cString: gst_structure_get_name(structure)))
        }
      }
    }
    return types.isEmpty ? nil : types
  }

  /// The media type of the container that `ingest` accepts; nil if messages are frames.
  var containerType: String? {
    Ingest.format(of: ingest) == GST_FORMAT_BYTES ? Ingest.mediaType(of: ingest) : nil
  }

  // MARK: Contract

  private static func element(
    _ name: String, in pipeline: GObjectReference, type: GType, typeName: String, purpose: String,
    of template: PipelineTemplate
  ) throws(PipelineFileError) -> GObjectReference {
    guard let found = gst_bin_get_by_name(pipeline.cast(), name) else {
      throw PipelineFileError(
        code: .contract, file: template.path, line: nil,
        cause: "there is no element named \(name)",
        hint: "add \(typeName) name=\(name), which \(purpose)")
    }
    let element = GObjectReference(adopting: found)
    guard exam_object_is_a(found, type) != 0 else {
      throw PipelineFileError(
        code: .contract, file: template.path, line: template.text.line(of: "name=\(name)"),
        cause: "\(name) is a \(element.typeName), not an \(typeName)",
        hint: "\(name) must be an \(typeName), which \(purpose)")
    }
    return element
  }

  /// An appsrc links to anything; what follows it says whether it accepts the media type.
  private func checkFirstElement(
    takes caps: UnsafeMutablePointer<GstCaps>, of template: PipelineTemplate
  ) throws(PipelineFileError) {
    guard let pad = ingest.staticPad("src"), let peer = gst_pad_get_peer(pad.cast()) else {
      throw PipelineFileError(
        code: .format, file: template.path, line: template.text.line(of: "name=ingest"),
        cause: "nothing is linked to ingest", hint: "link a decoder with !")
    }
    let next = GObjectReference(adopting: peer)
    guard gst_pad_query_accept_caps(next.cast(), caps) == 0 else { return }
    // A gate passes the query on, so the one that declines may come later; it is the first that is not a gate.
    let element = firstElement(behind: pad)
    throw PipelineFileError(
      code: .format, file: template.path,
      line: element.flatMap {
        template.text.line(of: $0.elementName) ?? template.text.line(of: $0.factoryName ?? "")
      },
      cause: "\(element?.elementName ?? "what follows ingest") does not take \(capsText(caps))",
      hint: "put the decoder of that media type behind ingest")
  }

  /// Refuses decoders of formats that are not inspected first. What `decodebin` adds later is checked when its caps arrive.
  private func checkDecoder(
    _ element: GObjectReference, of template: PipelineTemplate
  ) throws(PipelineFileError) {
    guard element.isPictureDecoder, let pad = element.staticPad("sink"),
      let taken = gst_pad_get_pad_template_caps(pad.cast())
    else { return }
    defer { gst_caps_unref(taken) }
    let mediaTypes = (0..<gst_caps_get_size(taken)).compactMap { index in
      gst_caps_get_structure(taken, index).map { String(cString: gst_structure_get_name($0)) }
    }
    guard let first = mediaTypes.first, mediaTypes.allSatisfy({ InspectedCodec(mediaType: $0) == nil }) else {
      return
    }
    throw PipelineFileError(
      code: .contract, file: template.path,
      line: template.text.line(of: element.elementName) ?? template.text.line(of: element.factoryName ?? ""),
      cause:
        "the server cannot read how large a picture of \(first) is before \(element.elementName) takes memory for it",
      hint: "use one of the codecs in Pipelines/README.md")
  }

  private func firstElement(behind pad: GObjectReference) -> GObjectReference? {
    guard let peer = gst_pad_get_peer(pad.cast()) else { return nil }
    let next = GObjectReference(adopting: peer)
    guard let parent = gst_pad_get_parent_element(next.cast()) else { return nil }
    let element = GObjectReference(adopting: parent)
    guard element.factoryName == "valve", let source = element.staticPad("src") else { return element }
    return firstElement(behind: source)
  }

  /// Finds out, without any frame, what can reach each sink, and refuses what the contract does not allow.
  func checkFormats(of template: PipelineTemplate) throws(PipelineFileError) {
    let caps = gst_app_src_get_caps(ingest.cast())
    defer { if let caps { gst_caps_unref(caps) } }
    guard let caps, gst_caps_is_fixed(caps) != 0 else {
      throw PipelineFileError(
        code: .format, file: template.path, line: template.text.line(of: "name=ingest"),
        cause: "ingest does not say what it takes",
        hint: "give it one media type, such as caps=video/x-vp8")
    }
    try checkFirstElement(takes: caps, of: template)
    for element in pipeline.elements() { try checkDecoder(element, of: template) }
    for (element, wanted) in [
      (faces, "video/x-raw,format=(string)I420"), (tile, "image/jpeg"), (focus, "image/jpeg"),
    ] {
      let name = element.elementName
      let line = template.text.line(of: "name=\(name)")
      let pad = gst_element_get_static_pad(element.cast(), "sink")
      defer { gst_object_unref(pad) }
      guard gst_pad_is_linked(pad) != 0 else {
        throw PipelineFileError(
          code: .format, file: template.path, line: line, cause: "nothing is linked to \(name)",
          hint: "link it with !")
      }
      let offered = gst_pad_peer_query_caps(pad, nil)
      let wantedCaps = gst_caps_from_string(wanted)
      defer {
        gst_caps_unref(offered)
        gst_caps_unref(wantedCaps)
      }
      let offers = offered.map(capsText) ?? "nothing"
      guard let offered, gst_caps_is_empty(offered) == 0 else {
        throw PipelineFileError(
          code: .format, file: template.path, line: line,
          cause: "no format passes the elements before \(name)",
          hint: "two of them exclude each other's formats")
      }
      guard gst_caps_is_subset(offered, wantedCaps) != 0 else {
        throw PipelineFileError(
          code: .format, file: template.path, line: line,
          cause: "\(name) could get \(offers.prefix(300))",
          hint: "it must get nothing but \(wanted.replacing("(string)", with: ""))")
      }
    }
  }
}

func capsText(_ caps: UnsafeMutablePointer<GstCaps>) -> String {
  guard let text = gst_caps_to_string(caps) else { return "" }
  defer { g_free(text) }
  return String(cString: text)
}
