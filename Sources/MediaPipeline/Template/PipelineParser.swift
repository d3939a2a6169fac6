import CGStreamer
import GLibRuntime

/// Parses a template's text into a pipeline, and turns GStreamer's errors into what an operator can act on.
enum PipelineParser {
  /// - Returns: a `GstPipeline` in state NULL.
  static func parse(_ template: PipelineTemplate) throws(PipelineFileError) -> GObjectReference {
    let element: GObjectReference?
    do {
      // Some errors come together with an element; `withGLibError` throws for every error that is set.
      element = try launch(template.text.description)
    } catch {
      throw template.error(
        line: line(of: error, in: template.text), words(of: error), hint: hint(for: error))
    }
    guard let element, element.factoryName == "pipeline" else {
      throw template.error(
        "the text describes a single element, not a pipeline",
        hint: "link ingest, a decoder and the three appsinks with !")
    }
    return element
  }

  private static func launch(_ description: String) throws(GLibError) -> GObjectReference? {
    let element = try withGLibError {
      gst_parse_launch_full(description, nil, GST_PARSE_FLAG_FATAL_ERRORS, &$0)
    }
    return element.map { GObjectReference(sinking: $0) }
  }

  /// GStreamer gives no line number. The line that first causes this very error is found by parsing beginnings of the text.
  private static func line(of error: GLibError, in text: PipelineText) -> Int? {
    let complaint = error.message.withoutDigits
    func hasComplaint(_ description: String) -> Bool {
      do throws(GLibError) {
        _ = try launch(description)
        return false
      } catch let other {
        return other.message.withoutDigits == complaint
      }
    }
    // A beginning that ends with the name of a tee is wrong only because it ends there.
    return text.line { beginning in
      !hasComplaint(beginning) || !hasComplaint("\(beginning) ! fakesink")
    }
  }

  /// The first line of GStreamer's message, which may repeat the whole text after it.
  private static func words(of error: GLibError) -> String {
    String(error.message.split(separator: "\n").first?.prefix(300) ?? "unknown error")
  }

  private static func hint(for error: GLibError) -> String {
    switch GstParseError(rawValue: UInt32(error.code)) {
    case GST_PARSE_ERROR_NO_SUCH_ELEMENT:
      "check the spelling, and whether the package that holds the element is installed (gst-inspect-1.0)"
    case GST_PARSE_ERROR_NO_SUCH_PROPERTY, GST_PARSE_ERROR_COULD_NOT_SET_PROPERTY:
      "gst-inspect-1.0 lists the element's properties and their values"
    case GST_PARSE_ERROR_LINK: "the two elements do not fit each other's formats"
    default: "look at the ! and the quotes up to that line"
    }
  }
}

extension String {
  /// Elements without a name are numbered, so the same error comes with other numbers.
  fileprivate var withoutDigits: String { filter { !$0.isNumber } }
}
