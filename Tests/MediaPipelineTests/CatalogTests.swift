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
    ("video/x-h264", "video-x-h264"),
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
