import ExamModel

@testable import MediaPipeline

/// The parsers of a student's binary messages before a decoder sees them.
extension FuzzTarget {
  static let frameHeader = FuzzTarget(name: "frame_header") { bytes in
    guard let header = try? ExamModel.FrameHeader(parsing: bytes) else { return }
    require(bytes.count > ExamModel.FrameHeader.byteCount, "a header without a payload")
    require((0...3).contains(header.temporalLayer), "temporal layer \(header.temporalLayer)")
  }

  /// The picture's end is within the bytes, and cutting off what follows it changes nothing.
  static let jpeg = FuzzTarget(name: "jpeg") { bytes in
    guard case .picture(let picture) = JPEGPicture.read(bytes) else { return }
    require((1...65535).contains(picture.width) && (1...65535).contains(picture.height), "\(picture)")
    require((1...8).contains(picture.orientation), "\(picture)")
    require((4...bytes.count).contains(picture.byteCount), "\(picture) of \(bytes.count) bytes")
    let cut = JPEGPicture.read(UnsafeRawBufferPointer(rebasing: bytes[..<picture.byteCount]))
    require(cut == .picture(picture), "\(picture) is \(cut) without what is behind it")
  }
  static let vp8 = picture("vp8", .vp8)
  static let vp9 = picture("vp9", .vp9)

  /// The first byte says how units are separated.
  static let h264 = FuzzTarget(name: "h264") { bytes in
    guard let first = bytes.first else { return }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[1...])
    let (format, record) = H264Header.readConfiguration(rest)
    for header in [
      record, H264Header.read(rest, format: .byteStream),
      H264Header.read(rest, format: .lengthPrefixed(Int(first & 3) + 1)),
      H264Header.read(rest, format: format),
    ] {
      guard let size = header.size else { continue }
      // Cropping never removes a whole macroblock.
      require(size.width > 0 && size.height > 0, "a picture of \(size.width)x\(size.height)")
    }
  }

  static let av1 = picture("av1", .av1)

  static let packedTracks = pieces("packed_tracks", PackedTrackWatch()) { $0.problem(in: $1) != nil }
  static let sampleTables = pieces("sample_tables", SampleTableWatch()) { $0.problem(in: $1) != nil }

  /// The first byte says how long the pieces are, which changes nothing.
  private static func pieces<Watch: Sendable>(
    _ name: String, _ watch: Watch, finds: @escaping @Sendable (inout Watch, UnsafeRawBufferPointer) -> Bool
  ) -> FuzzTarget {
    FuzzTarget(name: name) { bytes in
      guard let first = bytes.first else { return }
      let rest = bytes[1...]
      let length = Int(first) + 1
      var (whole, inPieces) = (watch, watch)
      let isFound = finds(&whole, UnsafeRawBufferPointer(rebasing: rest))
      let isFoundInPieces = stride(from: rest.startIndex, to: rest.endIndex, by: length).contains { start in
        finds(
          &inPieces, UnsafeRawBufferPointer(rebasing: rest[start..<min(start + length, rest.endIndex)]))
      }
      require(isFound == isFoundInPieces, "found \(isFound) in one piece, \(isFoundInPieces) in pieces")
    }
  }

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
    require(!type.name.isEmpty && !type.name.contains("/"), "a name that is a path: \(type.name)")
  }

  /// The server's own parsing of a file. GStreamer's parser crashes on some texts, so it runs in a process of its own.
  static let pipelineFile = FuzzTarget(name: "pipeline_file") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let file = PipelineText(text)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
    func require(line: Int?) {
      exam_fuzz.require(line.map { (1...lines).contains($0) } ?? true, "line \(line ?? 0) of \(lines)")
    }
    require(line: file.checkLine)
    for word in file.description.split(separator: " ").prefix(8) {
      require(line: file.line(of: String(word)))
      let breaking = file.line { !$0.contains(word) }
      exam_fuzz.require(breaking != nil, "no line breaks what holds \(word)")
      require(line: breaking)
    }
  }
}
