import CGStreamer
import ExamModel
import Foundation
import GLibRuntime
import Synchronization
import Testing

@testable import MediaPipeline

/// What live pipelines deliver, kept for a test.
final class Recorder: Sendable {
  struct Contents {
    var analysis: [AnalysisPicture] = []
    var tiles: [TapPicture] = []
    var focus: [TapPicture] = []
    var failures: [PipelineFailure] = []
    var calls = 0
  }

  private let contents = Mutex(Contents())

  var taps: MediaTaps {
    MediaTaps(
      analysis: { picture in self.change { $0.analysis.append(picture) } },
      picture: { view, picture in
        self.change { contents in
          switch view {
          case .tile: contents.tiles.append(picture)
          case .focus: contents.focus.append(picture)
          }
        }
      },
      failed: { failure in self.change { $0.failures.append(failure) } })
  }

  private func change(_ body: (inout Contents) -> Void) {
    contents.withLock { contents in
      body(&contents)
      contents.calls += 1
    }
  }

  var now: Contents { contents.withLock { $0 } }
}

/// Waits until `condition` holds; false after the deadline.
func eventually(
  within deadline: Duration = .seconds(20), _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let end = ContinuousClock.now + deadline
  while ContinuousClock.now < end {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(2))
  }
  return try await condition()
}

/// An upload recorded from a browser.
struct Upload: CustomTestStringConvertible {
  struct Message {
    let bytes: [UInt8]
    let isKey: Bool
    let temporalLayer: Int
    /// Microseconds.
    let capturedAt: Int64
  }

  private struct Index: Decodable {
    struct Frame: Decodable {
      let off: Int
      let len: Int
      let key: Int
      let layer: Int?
      let cap_ms: Double
    }
    let file: String
    let frames: [Frame]
  }

  let messages: [Message]
  let testDescription: String

  static let vp8 = Upload("wc_vp8_480x360_300_10")
  /// With three temporal layers.
  static let layeredVP8 = Upload("vp8_l1t3_480x360_300_10")
  static let jpeg = Upload("jpeg_worker_320_q70")
  static let webm = Upload("mr_webm_vp8_400")

  private init(_ name: String) {
    let index = try! JSONDecoder().decode(
      Index.self, from: Data(contentsOf: Paths.fixtures.appending(path: "\(name).index.json")))
    let data = try! [UInt8](Data(contentsOf: Paths.fixtures.appending(path: index.file)))
    testDescription = name
    messages = index.frames.map {
      Message(
        bytes: Array(data[$0.off..<$0.off + $0.len]), isKey: $0.key == 1, temporalLayer: $0.layer ?? 0,
        capturedAt: 1_700_000_000_000_000 + Int64($0.cap_ms * 1000))
    }
  }
}

enum Paths {
  /// A critical message of GLib or GStreamer means a wrong call of ours: it ends the tests.
  private static let criticalsAreFatal: Bool = {
    g_log_set_always_fatal(GLogLevelFlags(rawValue: 1 | 4 | 8))
    return true
  }()

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let fixtures = root.appending(path: "Recordings")
  static let pipelines = root.appending(path: "Pipelines").path

  static func pipeline(_ name: String) -> String {
    _ = criticalsAreFatal
    return "\(pipelines)/\(name).launch"
  }
}

extension Ingest {
  @discardableResult
  func push(_ bytes: [UInt8], capturedAt: Int64 = 0, isKeyFrame: Bool = false) -> IngestResult {
    bytes.withUnsafeBytes { push($0, capturedAt: capturedAt, isKeyFrame: isKeyFrame) }
  }

  @discardableResult
  func push(_ message: Upload.Message) -> IngestResult {
    push(message.bytes, capturedAt: message.capturedAt, isKeyFrame: message.isKey)
  }
}

extension LivePipeline {
  /// Pushes messages no faster than the pipeline takes them.
  func feed(_ messages: some Sequence<Upload.Message>) async -> [IngestResult] {
    var results: [IngestResult] = []
    for message in messages {
      _ = await eventually { statistics.pending < 2 || failure != nil }
      results.append(ingest.push(message))
    }
    return results
  }

  static func start(
    shipped name: String, limits: IngestLimits = IngestLimits(), analysisRate: Double = .infinity,
    _ recorder: Recorder
  ) async throws -> LivePipeline {
    try await start(
      PipelineTemplate(contentsOf: Paths.pipeline(name)), name: "test", limits: limits,
      analysisRate: analysisRate,
      taps: recorder.taps)
  }
}

extension TapPicture {
  private var picture: JPEGPicture? {
    guard case .picture(let picture) = jpeg.withUnsafeBytes({ JPEGPicture.read($0) }) else { return nil }
    return picture
  }

  var width: Int? { picture?.width }
  var height: Int? { picture?.height }
}
