import ExamModel
import FaceCheck
import Foundation
import MediaPipeline

/// `exam-monitoring observe`: checks recorded videos as a student's pictures are checked, as fast as it can, and writes what
/// each check found. The policy can then be tried on it again and again without decoding.
public enum ObserveCommand {
  /// Why a video cannot be observed.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameters:
  ///   - videos: any that GStreamer reads.
  ///   - folder: gets a file NAME.looks.jsonl for each video.
  ///   - searchPhase: 0...1, where in its period the regular search of the whole picture comes.
  ///   - tell: receives a line for each video, and one for each alert that the standard rules tell.
  /// - Throws: `Problem` for a video that cannot be read or two that would share a file, `FaceCheckError` without
  ///   models.
  public static func run(
    videos: [String], folder: String, modelsFolder: String, checksPerSecond: Double, searchPhase: Double,
    tell: (String) -> Void
  ) throws {
    try checkNames(of: videos)
    let models = try FaceModels(folder: modelsFolder)
    var checks = FaceCheckConfiguration()
    checks.checksPerSecond = checksPerSecond
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for video in videos {
      let began = ContinuousClock.now
      let checker = try RecordingChecker(models: models, configuration: checks, searchPhase: searchPhase)
      let (looks, alerts) = try looks(of: video, by: checker, every: .seconds(1 / checksPerSecond))
      let name = name(of: video)
      let lines = try looks.map { try Self.encoder.encode($0) + Data("\n".utf8) }
      try Data(lines.joined()).write(to: URL(filePath: folder).appending(path: name + RecordedClips.ending))
      let searches = looks.count { $0.observation.tier == .wholePicture }
      let time = (ContinuousClock.now - began).inSeconds
      tell(
        "\(name): \(looks.count) checks, \(searches) of the whole picture, in \(String(format: "%.1f", time)) s"
      )
      for (kind, at) in alerts { tell("  \(kind.rawValue) at \(SweepTable.twoDigits(at.inSeconds)) s") }
    }
  }

  /// The file's name without what comes after the last dot.
  private static func name(of video: String) -> String {
    URL(filePath: video).deletingPathExtension().lastPathComponent
  }

  /// No video may overwrite what was found in another.
  private static func checkNames(of videos: [String]) throws {
    var others: [String: String] = [:]
    for video in videos {
      let name = name(of: video)
      if let other = others.updateValue(video, forKey: name) {
        throw Problem(
          description:
            "\(other) and \(video) would both be written to \(name)\(RecordedClips.ending); rename one")
      }
    }
  }

  private static let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  /// The newest picture at each beat is checked. What is suspected decides, as in an exam, when the whole is searched.
  private static func looks(
    of video: String, by checker: RecordingChecker, every interval: Duration
  ) throws -> (looks: [RecordedLook], alerts: [(kind: AlertKind, at: Duration)]) {
    guard FileManager.default.isReadableFile(atPath: video) else {
      throw Problem(description: "\(video): there is no such file, or it cannot be read")
    }
    let pictures = try RecordedPictures(of: video)
    let start = ContinuousClock.now
    var policy = AlertPolicy()
    var looks: [RecordedLook] = []
    var alerts: [(AlertKind, Duration)] = []
    var due = Duration.zero
    for next in pictures where next.at >= due {
      let observation = try checker.check(
        next.picture, at: next.at, searchesWholePicture: policy.isPictureInDoubt)
      for transition in policy.observe(observation, at: start + next.at) {
        if case .confirmed = transition.change { alerts.append((transition.kind, next.at)) }
      }
      looks.append(RecordedLook(at: next.at.inSeconds, observation: observation))
      while due <= next.at { due += interval }
    }
    if let failure = pictures.failure { throw failure }
    guard !looks.isEmpty else { throw Problem(description: "\(video): there is no picture in it") }
    return (looks, alerts)
  }
}
