import Foundation
import MediaPipeline

/// `exam-monitoring pipelines explain`: a pipeline file in words.
public enum PipelineExplainer {
  /// - Parameter everything: also properties that every element has.
  /// - Throws: `PipelineCheck.BadFile` for a file that cannot be used.
  public static func run(file: String, everything: Bool, asJSON: Bool) throws -> String {
    let explanation: PipelineExplanation
    do {
      explanation = try PipelineTemplate(contentsOf: file).explain(everything: everything)
    } catch {
      throw PipelineCheck.BadFile(description: DebianPackages.completed("\(error)"))
    }
    guard !asJSON else { return WireJSON.text(explanation) + "\n" }
    return explanation.elements.map(text).joined(separator: "\n")
  }

  private static func text(_ element: PipelineExplanation.Element) -> String {
    var title = element.factory == element.name ? element.factory : "\(element.name) (\(element.factory))"
    if let line = element.line { title += ", line \(line)" }
    var lines = ["\(title): \(element.purpose)"]
    for property in element.properties {
      let range = property.range.map { "; \($0)" } ?? ""
      let standard = property.isSet ? ", set here; default \(property.standard)" : ", the default"
      lines.append("    \(property.name)=\(property.value)\(standard)\(range)")
      if !property.meaning.isEmpty { lines.append("        \(property.meaning)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
