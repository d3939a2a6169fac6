import Foundation
import Synchronization

/// No pipeline file fits the media type a page announced.
public struct UnknownMediaError: Error, Sendable, CustomStringConvertible {
  /// What the page announced, shortened.
  public let media: String
  /// The names that exist, sorted: `["image-jpeg", "video-webm"]`.
  public let available: [String]

  public var description: String {
    "no pipeline for \"\(media)\"; there is \(available.joined(separator: ", "))"
  }
}

/// The pipeline files of one folder, by media type.
public final class PipelineCatalog: Sendable {
  /// The folder, as it was given.
  public let folder: String
  private let templates: Mutex<[String: PipelineTemplate]>

  /// Loads and validates every `.launch` file of `folder`.
  ///
  /// - Throws: the first file's error; nothing is loaded then.
  public init(folder: String) throws(PipelineFileError) {
    self.folder = folder
    templates = Mutex(try Self.load(folder))
  }

  /// The template for a media type such as `video/webm;codecs=vp9`: the most specific file wins.
  public func template(for media: String) throws(UnknownMediaError) -> PipelineTemplate {
    let names = MediaType(media)?.pipelineNames ?? []
    let all = templates.withLock { $0 }
    for name in names {
      if let template = all[name] { return template }
    }
    throw UnknownMediaError(
      media: String(media.prefix(100)), available: all.keys.sorted())
  }

  /// The loaded templates, sorted by name.
  public var all: [PipelineTemplate] {
    templates.withLock { $0.values.sorted { $0.name < $1.name } }
  }

  /// Loads the folder again, for pipelines that start from now on. Running pipelines keep what they were made of.
  ///
  /// - Throws: what is wrong with a file; the set that was loaded before stays.
  public func reload() throws(PipelineFileError) {
    let loaded = try Self.load(folder)
    templates.withLock { $0 = loaded }
  }

  private static func load(_ folder: String) throws(PipelineFileError) -> [String: PipelineTemplate] {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw PipelineFileError(
        code: .unreadable, file: folder, line: nil, cause: "the folder cannot be listed",
        hint: "it holds the pipeline files; check the path and its permissions")
    }
    var templates: [String: PipelineTemplate] = [:]
    for file in files.sorted() where file.hasSuffix(PipelineTemplate.suffix) && !file.hasPrefix(".") {
      let template = try PipelineTemplate(contentsOf: "\(folder)/\(file)")
      templates[template.name] = template
    }
    guard !templates.isEmpty else {
      throw PipelineFileError(
        code: .unreadable, file: folder, line: nil,
        cause: "there is no \(PipelineTemplate.suffix) file in the folder",
        hint: "copy the Pipelines folder of the distribution")
    }
    return templates
  }
}
