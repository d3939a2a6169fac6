import CGLibShims
import CGStreamer
import GLibRuntime

/// One instance of a template, in state NULL, with the elements that the contract names.
///
/// It is not a type of threads: whoever makes it owns it until it is handed to a live pipeline.
struct PipelineGraph {
  let pipeline: GObjectReference
  let ingest: GObjectReference
  let faces: GObjectReference
  let tile: GObjectReference
  let focus: GObjectReference

  /// Parses the template's text.
  static func make(_ template: PipelineTemplate) throws(PipelineFileError) -> PipelineGraph {
    GStreamer.initialize()
    let pipeline = try parse(template)
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

  // MARK: Parsing

  private static func parse(
    _ template: PipelineTemplate
  ) throws(PipelineFileError) -> GObjectReference {
    let element: GObjectReference?
    do {
      // An element comes back beside some errors too; `withGLibError` throws for every error that is set.
      element = try parseLaunch(template.text.description)
    } catch {
      throw PipelineFileError(
        code: .syntax, file: template.path, line: line(of: error, in: template),
        cause: words(of: error), hint: hint(for: error))
    }
    guard let element, exam_object_is_a(element.pointer, gst_pipeline_get_type()) != 0 else {
      throw PipelineFileError(
        code: .contract, file: template.path, line: nil,
        cause: "the text describes a single element, not a pipeline",
        hint: "link ingest, a decoder and the three appsinks with !")
    }
    return element
  }

  private static func parseLaunch(_ description: String) throws(GLibError) -> GObjectReference? {
    let element = try withGLibError {
      gst_parse_launch_full(description, nil, GST_PARSE_FLAG_FATAL_ERRORS, &$0)
    }
    return element.map { GObjectReference(sinking: $0) }
  }

  private static func line(of error: GLibError, in template: PipelineTemplate) -> Int? {
    // The words name the culprits in quotes, the last one most precisely: no property "x" in element "vp8dec".
    if let name = error.message.quotedWords.first, let line = template.text.line(of: name) {
      return line
    }
    // Where they name nothing, search for the line that brings the error of this code into the text.
    return template.text.line { beginning in
      do throws(GLibError) {
        _ = try parseLaunch(beginning)
        return true
      } catch let other {
        return other.code != error.code
      }
    }
  }

  /// GStreamer repeats the whole text after some errors; the first line of its words says what is wrong.
  private static func words(of error: GLibError) -> String {
    String(error.message.prefix(300).split(separator: "\n").first ?? "unknown error")
  }

  private static func hint(for error: GLibError) -> String {
    switch GstParseError(rawValue: UInt32(error.code)) {
    case GST_PARSE_ERROR_NO_SUCH_ELEMENT:
      "check the spelling, and whether the package that holds the element is installed (gst-inspect-1.0)"
    case GST_PARSE_ERROR_NO_SUCH_PROPERTY, GST_PARSE_ERROR_COULD_NOT_SET_PROPERTY:
      "gst-inspect-1.0 lists the element's properties and their values"
    case GST_PARSE_ERROR_LINK:
      "the two elements do not fit each other's formats"
    default: "check the text near that line with gst-launch-1.0"
    }
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

  /// Asks, without any frame, what can reach each sink, and refuses what the contract does not allow.
  func checkFormats(of template: PipelineTemplate) throws(PipelineFileError) {
    let caps = gst_app_src_get_caps(ingest.cast())
    defer { if let caps { gst_caps_unref(caps) } }
    guard let caps, gst_caps_is_fixed(caps) != 0 else {
      throw PipelineFileError(
        code: .format, file: template.path, line: template.text.line(of: "name=ingest"),
        cause: "ingest does not say what it takes",
        hint: "give it one media type, such as caps=video/x-vp8")
    }
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

extension String {
  /// The words between double quotes, in order.
  fileprivate var quotedWords: [String] {
    let parts = split(separator: "\"", omittingEmptySubsequences: false)
    return parts.enumerated().compactMap {
      $0.offset % 2 == 1 && $0.offset < parts.count - 1 ? String($0.element) : nil
    }
  }
}
