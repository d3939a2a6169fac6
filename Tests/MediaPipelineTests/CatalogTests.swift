import Foundation
import MediaPipeline
import Testing

@Suite struct CatalogTests {
  @Test func shippedFolderHoldsEveryMediaType() throws {
    let catalog = try PipelineCatalog(folder: Paths.pipelines)
    #expect(
      catalog.all.map(\.name) == [
        "image-jpeg", "video-webm", "video-webm.vp9", "video-x-h264", "video-x-vp8",
      ])
  }

  @Test(arguments: [
    ("video/x-vp8", "video-x-vp8"), ("image/jpeg", "image-jpeg"),
    ("video/webm", "video-webm"), ("video/webm;codecs=vp8", "video-webm"),
    ("video/webm;codecs=vp9", "video-webm.vp9"), ("Video/WebM; codecs=\"VP9,opus\"", "video-webm.vp9"),
    ("video/webm;codecs=vp09.00.10.08", "video-webm.vp9"),
    ("video/x-h264", "video-x-h264"), ("video/x-h264;codecs=avc1.42E01E", "video-x-h264"),
    ("video/webm;codecs=\"vp8,opus\"", "video-webm"), ("video/webm;codecs=\"opus,vp8\"", "video-webm"),
    ("video/webm;codecs=\"av1,vp9\"", "video-webm.vp9"), ("video/x-vp8;codecs=vp8", "video-x-vp8"),
  ])
  func mostSpecificFileWins(media: String, name: String) throws {
    let catalog = try PipelineCatalog(folder: Paths.pipelines)
    #expect(try catalog.template(for: media).name == name)
  }

  @Test(arguments: ["video/mp4", "", "video", "/", "../../etc/passwd", "video/../webm", "video-x-vp8"])
  func unknownMediaSaysWhatThereIs(media: String) throws {
    let catalog = try PipelineCatalog(folder: Paths.pipelines)
    let error = #expect(throws: UnknownMediaError.self) { try catalog.template(for: media) }
    #expect(error?.available.contains("video-x-vp8") == true)
  }

  /// A file whose decoder does not support the codec does not fit it.
  @Test(arguments: [
    "video/webm;codecs=h264", "video/webm;codecs=avc1.42E01E", "video/webm;codecs=av1",
    "video/webm;codecs=av01.0.04M.08",
    "video/webm;codecs=hvc1", "video/webm;codecs=\"opus\"", "video/webm;codecs=nonsense",
    "image/jpeg;codecs=vp8",
    "video/x-vp8;codecs=vp9", "video/webm;codecs=\"vp8",
  ])
  func codecsWithoutAFileAreUnknown(media: String) throws {
    let catalog = try PipelineCatalog(folder: Paths.pipelines)
    #expect(throws: UnknownMediaError.self) { try catalog.template(for: media) }
  }

  @Test func whatTheContainerHoldsCountsMore() throws {
    let catalog = try PipelineCatalog(folder: Paths.pipelines)
    #expect(try catalog.template(for: "video/webm", containing: "vp9").name == "video-webm.vp9")
    #expect(try catalog.template(for: "video/webm;codecs=vp9", containing: "vp8").name == "video-webm")
    let error = #expect(throws: UnknownMediaError.self) {
      try catalog.template(for: "video/webm", containing: "av1")
    }
    #expect(error?.problem == .noFileForCodec("av1"))
  }

  /// An operator's file may leave it to the pipeline, or to the name.
  @Test func filesOfOperators() throws {
    let folder = try TemporaryFolder()
    let webm = try String(contentsOfFile: Paths.pipeline("video-webm"), encoding: .utf8)
    try folder.write(
      "video-mp4",
      webm.replacing("video/webm", with: "video/quicktime,variant=iso")
        .replacing("matroskademux", with: "qtdemux").replacing(
          "vp8dec name=decoder threads=1", with: "decodebin ! videoconvert"))
    try folder.write("video-webm.vp8", webm)
    let catalog = try PipelineCatalog(folder: folder.path)
    for codec in ["avc1.42E01E", "hvc1", "av01", "whatever"] {
      #expect(try catalog.template(for: "video/mp4;codecs=\(codec)").name == "video-mp4")
    }
    #expect(try catalog.template(for: "video/webm").name == "video-webm.vp8")
    #expect(throws: UnknownMediaError.self) { try catalog.template(for: "video/webm;codecs=vp9") }
  }

  @Test(.timeLimit(.minutes(2))) func shippedFilesProveThemselves() async throws {
    for template in try PipelineCatalog(folder: Paths.pipelines).all {
      try await template.check(deadline: .seconds(30))
    }
  }

  @Test func failedReloadKeepsTheRunningSet() throws {
    let folder = try TemporaryFolder()
    try folder.copy("video-x-vp8")
    let catalog = try PipelineCatalog(folder: folder.path)
    try folder.write("image-jpeg", "appsrc name=ingest ! nonsense")
    #expect(throws: PipelineFileError.self) { try catalog.reload() }
    #expect(catalog.all.map(\.name) == ["video-x-vp8"])
    try folder.copy("image-jpeg")
    try catalog.reload()
    #expect(catalog.all.map(\.name) == ["image-jpeg", "video-x-vp8"])
    try folder.remove("video-x-vp8")
    try catalog.reload()
    #expect(throws: UnknownMediaError.self) { try catalog.template(for: "video/x-vp8") }
  }

  @Test func emptyOrMissingFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    #expect(throws: PipelineFileError.self) { try PipelineCatalog(folder: folder.path) }
    #expect(throws: PipelineFileError.self) { try PipelineCatalog(folder: folder.path + "/none") }
  }

  @Test func newMediaTypeIsANewFile() async throws {
    let folder = try TemporaryFolder()
    let vp8 = try String(contentsOfFile: Paths.pipeline("video-x-vp8"), encoding: .utf8)
    try folder.write(
      "video-x-vp9",
      vp8.replacing("vp8enc", with: "vp9enc").replacing("x-vp8", with: "x-vp9").replacing(
        "vp8dec", with: "vp9dec"))
    let catalog = try PipelineCatalog(folder: folder.path)
    try await catalog.template(for: "video/x-vp9").check(deadline: .seconds(30))
  }
}

/// A folder for pipeline files, removed with the last reference.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "exam-pipelines-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name).launch"))
  }

  func copy(_ name: String) throws {
    try write(name, String(contentsOfFile: Paths.pipeline(name), encoding: .utf8))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name).launch") }
}
