/// Finds the stretches of time in which the server did not observe a connected student, and why.
public struct BlindSpotTracker: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// Checks come twice a second; a gap this long is more than jitter.
  public static let tolerance = Duration.seconds(2)
  /// A long stretch is recorded in pieces, so that most of it is recorded even if the server dies during it.
  static let piece = Duration.seconds(30)

  /// The state of the student's stream at a moment, from which the cause follows.
  public struct Stream: Sendable {
    /// Frames arrived in the last seconds.
    public var framesArrive: Bool
    /// Pictures were decoded in the last seconds.
    public var picturesDecode: Bool
    /// What happens to the frames that arrive.
    public var pipeline: Pipeline
    /// The last check failed.
    public var checkFailed: Bool

    public enum Pipeline: Sendable {
      /// There is no pipeline, or none yet: what arrives is not even examined.
      case none
      /// The last one failed, and its successor is not running yet.
      case failed
      case running
    }

    public init(framesArrive: Bool, picturesDecode: Bool, pipeline: Pipeline, checkFailed: Bool = false) {
      self.framesArrive = framesArrive
      self.picturesDecode = picturesDecode
      self.pipeline = pipeline
      self.checkFailed = checkFailed
    }

    var cause: BlindSpot.Cause {
      if checkFailed { return .checkFailed }
      switch pipeline {
      case .failed: return .pipeline
      // Before the page has said what it sends, nothing could be set up.
      case .none: return framesArrive ? .pipeline : .noPicture
      case .running: break
      }
      if picturesDecode { return .overload }
      return framesArrive ? .keyFrame : .noPicture
    }
  }

  public struct Stretch: Sendable, Hashable {
    public let from: Instant
    public let until: Instant
    public let cause: BlindSpot.Cause
  }

  private enum State {
    case notWatching
    case watching(lastLook: Instant)
    /// Recorded up to `from`; what follows has `cause`.
    case blind(from: Instant, cause: BlindSpot.Cause)
  }

  private var state = State.notWatching

  public init() {}

  /// From now on the student should be observed.
  public mutating func begin(at now: Instant) {
    if case .notWatching = state { state = .watching(lastLook: now) }
  }

  /// A picture was checked.
  public mutating func looked(at now: Instant) -> Stretch? {
    switch state {
    case .notWatching: return nil
    case .watching:
      state = .watching(lastLook: now)
      return nil
    case .blind(let from, let cause):
      state = .watching(lastLook: now)
      return Stretch(from: from, until: now, cause: cause)
    }
  }

  /// To be called several times a second.
  public mutating func tick(at now: Instant, stream: Stream) -> Stretch? {
    switch state {
    case .notWatching: return nil
    case .watching(let lastLook):
      if now - lastLook > Self.tolerance { state = .blind(from: lastLook, cause: stream.cause) }
      return nil
    case .blind(let from, let cause):
      // A new cause begins a new stretch.
      guard cause != stream.cause || now - from >= Self.piece else { return nil }
      state = .blind(from: now, cause: stream.cause)
      return Stretch(from: from, until: now, cause: cause)
    }
  }

  /// The student is gone, or need not be observed.
  public mutating func end(at now: Instant) -> Stretch? {
    defer { state = .notWatching }
    switch state {
    case .blind(let from, let cause): return Stretch(from: from, until: now, cause: cause)
    case .watching, .notWatching: return nil
    }
  }
}
