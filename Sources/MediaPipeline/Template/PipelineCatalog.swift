import ExamModel
import Foundation
import Synchronization

/// No pipeline file fits the media type a page announced, or what its container contains.
public struct UnknownMediaError: Error, Sendable, CustomStringConvertible {
  public enum Problem: Sendable, Equatable {
    case notAMediaType
    /// There is no file for the media type, whatever the codec.
    case noFile
    /// There is none for this codec.
    case noFileForCodec(String)
    /// It names only audio codecs.
    case noVideo
  }

  /// What the page announced, truncated.
  public let media: String
  public let problem: Problem
  /// The names that exist, sorted: `["image-jpeg", "video-webm"]`.
  public let available: [String]

  /// The codec without a file, if that is the problem.
  public var codec: String? { if case .noFileForCodec(let codec) = problem { codec } else { nil } }

  public var description: String {
    let files = "there is \(available.joined(separator: ", "))"
    return switch problem {
    case .notAMediaType: "\"\(media)\" is not a media type such as video/webm;codecs=vp8; \(files)"
    case .noFile: "no pipeline for \"\(media)\"; \(files)"
    case .noFileForCodec(let codec): "no pipeline for \(codec) in \"\(media)\"; \(files)"
    case .noVideo: "\"\(media)\" names no video codec; \(files)"
    }
  }
}

/// The pipeline files of one folder, by media type.
public final class PipelineCatalog: Sendable {
  /// The folder as configured.
  public let folder: String
  private let templates: Mutex<[String: PipelineTemplate]>

  /// Loads and validates every `.launch` file of `folder`.
  ///
  /// - Throws: the first file's error; nothing is loaded in that case.
  public init(folder: String) throws(PipelineFileError) {
    self.folder = folder
    templates = Mutex(try Self.load(folder))
  }

  /// The template for a media type such as `video/webm;codecs=vp9`: the file for that codec, or else the one for the
  /// media type alone, if its decoder supports the codec.
  ///
  /// - Parameter found: the codec that the container itself names. It takes precedence over what the page announced.
  /// - Throws: if no file fits, so that nothing is started that cannot succeed.
  public func template(
    for media: String, containing found: String? = nil
  ) throws(UnknownMediaError) -> PipelineTemplate {
    let all = templates.withLock { $0 }
    func unknown(_ problem: UnknownMediaError.Problem) -> UnknownMediaError {
      UnknownMediaError(
        media: media.prefix(codePoints: 100), problem: problem,
        available: all.keys.sorted())
    }
    guard let type = MediaType(media) else { throw unknown(.notAMediaType) }
    guard let codecs = found.map({ [$0] }) ?? type.videoCodecs else {
      // The container will say what is in it.
      let name = all.keys.filter { $0 == type.name || $0.hasPrefix(type.name + ".") }.min()
      guard let name, let template = all[name] else { throw unknown(.noFile) }
      return template
    }
    guard !codecs.isEmpty else { throw unknown(.noVideo) }
    for codec in codecs {
      if let template = all["\(type.name).\(codec)"] { return template }
      if let template = all[type.name], template.decodes(codec) { return template }
    }
    throw unknown(.noFileForCodec(codecs[0]))
  }

  /// The loaded templates, sorted by name.
  public var all: [PipelineTemplate] {
    templates.withLock { $0.values.sorted { $0.name < $1.name } }
  }

  /// Reloads the folder, for pipelines that start from now on. Running pipelines keep what they were made from.
  ///
  /// - Throws: what is wrong with a file; the previous set stays loaded.
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
        file: folder, cause: "the folder cannot be listed",
        hint: "it holds the pipeline files; check the path and its permissions")
    }
    var templates: [String: PipelineTemplate] = [:]
    for file in files.sorted() where file.hasSuffix(PipelineTemplate.suffix) && !file.hasPrefix(".") {
      let template = try PipelineTemplate(contentsOf: "\(folder)/\(file)")
      templates[template.name] = template
    }
    guard !templates.isEmpty else {
      throw PipelineFileError(
        file: folder, cause: "there is no \(PipelineTemplate.suffix) file in the folder",
        hint: "copy the Pipelines folder of the distribution")
    }
    return templates
  }
}
