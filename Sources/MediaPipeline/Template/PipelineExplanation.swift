import CGStreamer
import GLibRuntime

/// What each element of a pipeline file does here, and what can be tuned on it, in the words of GStreamer's own registry.
public struct PipelineExplanation: Sendable, Equatable, Encodable {
  public struct Element: Sendable, Equatable, Encodable {
    /// As in the file, or as GStreamer numbered it.
    public let name: String
    /// Its kind: `vp8dec`.
    public let factory: String
    /// From 1; `nil` for what GStreamer added, such as the filter of a format.
    public let line: Int?
    /// What the server uses it for, or else what its kind does.
    public let purpose: String
    /// The library that it is in, by its path; `nil` for the server's own.
    public let plugin: String?
    public let properties: [Property]
  }

  public struct Property: Sendable, Equatable, Encodable {
    public let name: String
    public let value: String
    public let standard: String
    /// `0 to 63`, or the words that there are; `nil` if anything may be written.
    public let range: String?
    public let meaning: String
    /// Whether the file gives it another value than it has by itself.
    public var isSet: Bool { value != standard }

    private enum CodingKeys: String, CodingKey {
      case name, value, range, meaning
      case standard = "default"
    }
  }

  public let file: String
  /// In the order of the file.
  public let elements: [Element]
}

extension PipelineTemplate {
  /// - Parameter everything: also properties that every element has, and those that only take text or objects.
  /// - Throws: `PipelineFileError` if elements it needs have disappeared since it was loaded.
  public func explain(everything: Bool = false) throws(PipelineFileError) -> PipelineExplanation {
    let graph = try PipelineGraph.make(self)
    let gates = graph.gates()
    // Elements without a name are found by their kind: the next one of it.
    var reached = 1
    // GStreamer lists the last one first.
    let elements = graph.pipeline.elements().reversed().map { element -> PipelineExplanation.Element in
      let (name, factory) = (element.elementName, element.factoryName ?? "")
      let line = text.line(of: "name=\(name)", from: reached) ?? text.line(of: factory, from: reached)
      if let line { reached = line }
      return PipelineExplanation.Element(
        name: name, factory: factory, line: line,
        purpose: Self.purpose(of: element, gates.first { $0.valve.pointer == element.pointer }?.taps),
        plugin: element.pluginFile, properties: ElementProperties.of(element, everything: everything))
    }
    return PipelineExplanation(file: path, elements: elements)
  }

  /// - Parameter gated: the taps that it is a gate of.
  private static func purpose(of element: GObjectReference, _ gated: [PipelineTap]?) -> String {
    if element.elementName == "ingest" { return "takes what the student uploads" }
    if let tap = PipelineTap(rawValue: element.elementName) { return tap.purpose }
    guard let gated else { return element.metadata("description") ?? "" }
    let taps = gated.map(\.rawValue).joined(separator: " or ")
    return "a gate: the server shuts it while nobody wants \(taps), and drops there what exceeds the rate"
  }
}

extension GObjectReference {
  fileprivate func metadata(_ key: String) -> String? {
    gst_element_get_metadata(cast(), key).map { String(cString: $0) }
  }

  fileprivate var pluginFile: String? {
    guard let factory = gst_element_get_factory(cast()),
      let plugin = gst_plugin_feature_get_plugin(OpaquePointer(UnsafeMutableRawPointer(factory)))
    else { return nil }
    defer { gst_object_unref(UnsafeMutableRawPointer(plugin)) }
    return gst_plugin_get_filename(plugin).map { String(cString: $0) }
  }
}
