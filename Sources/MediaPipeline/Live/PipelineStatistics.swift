import CGStreamer
import Synchronization

/// Counts of one live pipeline so far.
public struct PipelineStatistics: Sendable, Equatable {
  /// Messages taken by `Ingest.push`.
  public var accepted = 0
  /// Messages accepted that no element has taken yet.
  public var pending = 0
  /// Encoded frames passed to a decoder.
  public var submitted = 0
  /// Pictures that came out of a decoder.
  public var decoded = 0
  /// Pictures delivered to the face check.
  public var analysisPictures = 0

  public init() {}
}

/// The counters behind `PipelineStatistics`, written from several threads.
final class PipelineCounters: Sendable {
  let accepted = Atomic<Int>(0)
  /// Messages that entered the first element; `enteredBytes` are their bytes.
  let entered = Atomic<Int>(0)
  let acceptedBytes = Atomic<Int>(0)
  let enteredBytes = Atomic<Int>(0)
  /// Bytes that entered since a frame last reached a decoder.
  let bytesWithoutFrame = Atomic<Int>(0)
  let submitted = Atomic<Int>(0)
  let decoded = Atomic<Int>(0)
  /// Frames in a row without a picture.
  private let undecodableRun = Atomic<Int>(0)
  let analysisPictures = Atomic<Int>(0)
  /// Capture time of the last message that entered, for pictures whose own stamp was lost in a demuxer.
  let enteringCapture = Atomic<Int64>(0)
  /// Whether each message is one frame, so that frames without pictures are counted where messages enter. A parser may
  /// swallow what it cannot parse, and then the decoder never gets it.
  let messagesAreFrames = Atomic<Bool>(false)
  /// Set when a decoder loses sync; taken by the ingest, which then waits for a key frame.
  let decoderIsLost = Atomic<Bool>(false)

  var pending: Int { accepted.load(ordering: .acquiring) - entered.load(ordering: .acquiring) }
  var pendingBytes: Int {
    acceptedBytes.load(ordering: .acquiring) - enteredBytes.load(ordering: .acquiring)
  }

  /// Frames in a row without a picture after which a decoder counts as out of sync: most of a second of a usual upload,
  /// and more than a decoder holds back to reorder.
  private static let lostAfter = 8

  func countFrameIntoDecoder() {
    if undecodableRun.wrappingAdd(1, ordering: .relaxed).newValue >= Self.lostAfter {
      decoderIsLost.store(true, ordering: .releasing)
    }
  }

  func countPicture() {
    decoded.increment()
    undecodableRun.store(0, ordering: .relaxed)
    decoderIsLost.store(false, ordering: .releasing)
  }

  /// When a picture was captured.
  func captureTime(of picture: UnsafeMutablePointer<GstBuffer>) -> Int64 {
    CaptureStamp.read(picture) ?? enteringCapture.load(ordering: .relaxed)
  }

  func snapshot() -> PipelineStatistics {
    var now = PipelineStatistics()
    now.accepted = accepted.load(ordering: .relaxed)
    now.pending = max(0, pending)
    now.submitted = submitted.load(ordering: .relaxed)
    now.decoded = decoded.load(ordering: .relaxed)
    now.analysisPictures = analysisPictures.load(ordering: .relaxed)
    return now
  }
}

extension Atomic where Value == Int {
  func increment(by amount: Int = 1) { wrappingAdd(amount, ordering: .acquiringAndReleasing) }
}
