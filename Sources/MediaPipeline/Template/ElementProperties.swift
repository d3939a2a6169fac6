import CGStreamer
import GLibRuntime

/// Reads an element's properties, with their ranges, from GObject.
enum ElementProperties {
  /// Those that an operator may tune: writable, with a number, a choice or a yes or no, and of the element's own kind.
  ///
  /// - Parameter everything: also all others that can be read and written as text.
  static func of(_ element: GObjectReference, everything: Bool) -> [PipelineExplanation.Property] {
    let object: UnsafeMutablePointer<GObject> = element.cast()
    let instance = UnsafeMutableRawPointer(object).assumingMemoryBound(to: GTypeInstance.self)
    let kind = UnsafeMutableRawPointer(instance.pointee.g_class!).assumingMemoryBound(to: GObjectClass.self)
    var count: guint = 0
    guard let list = g_object_class_list_properties(kind, &count) else { return [] }
    defer { g_free(list) }
    return (0..<Int(count)).compactMap { index -> PipelineExplanation.Property? in
      guard let spec = list[index] else { return nil }
      let flags = spec.pointee.flags.rawValue
      guard flags & G_PARAM_READABLE.rawValue != 0, flags & G_PARAM_WRITABLE.rawValue != 0,
        flags & G_PARAM_DEPRECATED.rawValue == 0
      else { return nil }
      let value = text(spec) { g_object_get_property(object, g_param_spec_get_name(spec), $0) }
      let standard = text(spec) { g_param_value_set_default(spec, $0) }
      let range = self.range(of: spec)
      // What elements of every kind have (name, parent, qos) is set by the server or nobody; whatever the file sets is worth a
      // line.
      let isOwn = !foundations.contains(String(cString: g_type_name(spec.pointee.owner_type)))
      guard value != nil || standard != nil, everything || isOwn && (range != nil || value != standard) else {
        return nil
      }
      return PipelineExplanation.Property(
        name: String(cString: g_param_spec_get_name(spec)), value: value ?? "", standard: standard ?? "",
        range: range,
        meaning: g_param_spec_get_blurb(spec).map { String(cString: $0) } ?? "")
    }
  }

  /// What elements are made from.
  private static let foundations: Set = [
    "GstObject", "GstElement", "GstBin", "GstBaseSrc", "GstPushSrc", "GstBaseSink", "GstBaseTransform",
    "GstBaseParse",
    "GstVideoDecoder", "GstVideoEncoder", "GstVideoFilter", "GstAggregator",
  ]

  /// A value of a property as it is written in a file; `nil` if it cannot be.
  ///
  /// - Parameter fill: puts the value where it is to be.
  private static func text(
    _ spec: UnsafeMutablePointer<GParamSpec>, _ fill: (UnsafeMutablePointer<GValue>) -> Void
  ) -> String? {
    var value = GValue()
    g_value_init(&value, spec.pointee.value_type)
    defer { g_value_unset(&value) }
    fill(&value)
    guard let text = gst_value_serialize(&value) else { return nil }
    defer { g_free(text) }
    return String(cString: text)
  }

  /// The values that a property takes; `nil` where they are neither numbers, a choice nor a yes or no.
  private static func range(of spec: UnsafeMutablePointer<GParamSpec>) -> String? {
    func limits<Spec, Value>(_: Spec.Type, _ read: (Spec) -> (Value, Value)) -> String {
      let (low, high) = spec.withMemoryRebound(to: Spec.self, capacity: 1) { read($0.pointee) }
      return "\(low) to \(high)"
    }
    switch String(cString: g_type_name(spec.pointee.g_type_instance.g_class.pointee.g_type)) {
    case "GParamInt": return limits(GParamSpecInt.self) { ($0.minimum, $0.maximum) }
    case "GParamUInt": return limits(GParamSpecUInt.self) { ($0.minimum, $0.maximum) }
    case "GParamInt64": return limits(GParamSpecInt64.self) { ($0.minimum, $0.maximum) }
    case "GParamUInt64": return limits(GParamSpecUInt64.self) { ($0.minimum, $0.maximum) }
    case "GParamFloat": return limits(GParamSpecFloat.self) { ($0.minimum, $0.maximum) }
    case "GParamDouble": return limits(GParamSpecDouble.self) { ($0.minimum, $0.maximum) }
    case "GParamBoolean": return "true or false"
    case "GParamEnum":
      return spec.withMemoryRebound(to: GParamSpecEnum.self, capacity: 1) { spec in
        guard let kind = spec.pointee.enum_class else { return nil }
        let values = UnsafeBufferPointer(start: kind.pointee.values, count: Int(kind.pointee.n_values))
        return values.compactMap { $0.value_nick.map { String(cString: $0) } }.joined(separator: ", ")
      }
    default: return nil
    }
  }
}
