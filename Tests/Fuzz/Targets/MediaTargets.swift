import ExamModel

@testable import MediaPipeline

/// What a student's binary messages are read by before a decoder sees them.
extension FuzzTarget {
  static let frameHeader = FuzzTarget(name: "frame_header") { bytes in
    guard let header = try? ExamModel.FrameHeader(parsing: bytes) else { return }
    require(bytes.count > ExamModel.FrameHeader.byteCount, "a header without a payload")
    require((0...3).contains(header.temporalLayer), "temporal layer \(header.temporalLayer)")
  }

  static let jpeg = picture("jpeg", .jpeg)
  static let vp8 = picture("vp8", .vp8)
  static let vp9 = picture("vp9", .vp9)

  private static func picture(_ name: String, _ codec: InspectedCodec) -> FuzzTarget {
    FuzzTarget(name: name) { bytes in
      guard let size = codec.header(of: bytes).size else { return }
      require(
        (1...65536).contains(size.width) && (1...65536).contains(size.height),
        "a picture of \(size.width)x\(size.height)")
    }
  }

  static let mediaType = FuzzTarget(name: "media_type") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self), let type = MediaType(text) else { return }
    require(
      type.pipelineNames.allSatisfy { !$0.contains("/") }, "a name that is a path: \(type.pipelineNames)")
  }

  /// GStreamer's own parser runs, too: whatever an operator writes must end in a pipeline or in a complaint.
  static let pipelineFile = FuzzTarget(name: "pipeline_file") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    do throws(PipelineFileError) {
      _ = try PipelineTemplate(text: text, path: "Pipelines/fuzz.launch")
    } catch {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
      require(error.line.map { (1...lines).contains($0) } ?? true, "line \(error.line ?? 0) of \(lines)")
      require(!error.description.isEmpty, "an error without words")
    }
  }
}
