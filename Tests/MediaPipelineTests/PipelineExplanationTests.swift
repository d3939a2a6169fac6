import Foundation
import Testing

@testable import MediaPipeline

@Suite struct PipelineExplanationTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Pipelines").path
  private static let files = try! FileManager.default.contentsOfDirectory(atPath: folder)
    .filter { $0.hasSuffix(PipelineTemplate.suffix) }.sorted()

  private func explain(_ file: String, everything: Bool = false) throws -> PipelineExplanation {
    try PipelineTemplate(contentsOf: "\(Self.folder)/\(file)").explain(everything: everything)
  }

  @Test(arguments: files) func everyElementHasAPurposeInTheOrderOfTheFile(file: String) throws {
    let explanation = try explain(file)
    #expect(explanation.elements.first?.name == "ingest")
    let lines = explanation.elements.compactMap(\.line)
    #expect(lines == lines.sorted() && lines.count >= 8, "\(lines)")
    for element in explanation.elements {
      #expect(!element.purpose.isEmpty && !element.factory.isEmpty, "\(element.name)")
      for property in element.properties {
        #expect(
          !property.meaning.isEmpty && (property.range != nil || property.isSet),
          "\(element.name) \(property.name)")
      }
    }
    #expect(
      explanation.elements.contains {
        $0.name == "tile_gate" && $0.purpose.contains("while nobody wants tile")
      })
  }

  @Test func whatCanBeTunedHasItsRangeDefaultAndMeaning() throws {
    let explanation = try explain("video-x-vp8.launch")
    let decoder = try #require(explanation.elements.first { $0.name == "decoder" })
    #expect(decoder.factory == "vp8dec" && decoder.purpose.contains("VP8"))
    let threads = try #require(decoder.properties.first { $0.name == "threads" })
    #expect((threads.value, threads.standard, threads.range, threads.isSet) == ("1", "0", "0 to 16", true))
    #expect(threads.meaning.localizedCaseInsensitiveContains("threads"))
    let encoder = try #require(explanation.elements.first { $0.factory == "jpegenc" })
    let quality = try #require(encoder.properties.first { $0.name == "quality" })
    #expect((quality.value, quality.standard, quality.range) == ("70", "85", "0 to 100"))
    let choice = try #require(encoder.properties.first { $0.name == "idct-method" })
    #expect(choice.range?.contains("islow") == true && !choice.isSet)
  }

  @Test func everythingIsMore() throws {
    let (few, all) = (try explain("video-x-vp8.launch"), try explain("video-x-vp8.launch", everything: true))
    for (few, all) in zip(few.elements, all.elements) {
      #expect(Set(few.properties.map(\.name)).isSubset(of: all.properties.map(\.name)), "\(few.name)")
      #expect(all.properties.contains { $0.name == "name" }, "\(all.name)")
    }
  }
}
