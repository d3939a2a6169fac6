import Testing

@testable import ExamModel

/// Generated sequences of looks: whatever comes and goes, in whatever share and phase, some alert is due.
@Suite struct AlertSequenceTests {
  private static let pairs = AlertKind.allCases.flatMap { cause in cause.row.masks.map { (cause, $0) } }
  private static let sequences = 400

  /// What is to be seen at a moment.
  private struct World {
    var shown = FaceObservation.seen()
    var hasFrames = true
    var camera = CameraState.live

    mutating func set(_ kind: AlertKind) {
      switch kind {
      case .faceMissing: shown.faces = []
      case .severalFaces: shown.faces = FaceObservation.seen(faces: 2).faces
      case .lookingAway: shown.faces = FaceObservation.seen(yaw: 50).faces
      case .cameraCovered: (shown.faces, shown.edges) = ([], 1)
      case .pictureFrozen: shown.motion = 0.01
      case .videoStopped: hasFrames = false
      case .cameraOff: (hasFrames, camera) = (false, .ended)
      case .pageHidden, .virtualCamera: break
      }
    }
  }

  /// When the cause is there: in turns of a length and share, or at random.
  private struct Flicker {
    let period: Double
    let share: Double
    let phase: Double
    let isRegular: Bool

    init(_ random: inout SplitMix64) {
      period = .random(in: 0.5...14, using: &random)
      share = [0, 1, .random(in: 0...1, using: &random), .random(in: 0...1, using: &random)].randomElement(
        using: &random)!
      phase = .random(in: 0...1, using: &random)
      isRegular = .random(using: &random)
    }

    func isOn(at time: Double, _ random: inout SplitMix64) -> Bool {
      isRegular
        ? (time / period + phase).truncatingRemainder(dividingBy: 1) < share
        : Double.random(in: 0..<1, using: &random) < share
    }
  }

  @Test("Trouble without a break is told within the longer of both windows", arguments: pairs)
  func someAlertIsDue(cause: AlertKind, effect: AlertKind) {
    let start = ContinuousClock.now
    var late: [String] = []
    for seed in 0..<Self.sequences {
      var random = SplitMix64(seed: UInt64(seed))
      let flicker = Flicker(&random)
      let begin = Double.random(in: 3...25, using: &random)
      var policy = AlertPolicy()
      // Looks are up to 0.6 s apart, and a frame is late after a second: at the beginning as well as at the end.
      let jitter = cause == .videoStopped ? 3.2 : 1.2
      let due = begin + max(cause.row.rule.window, effect.row.rule.window).inSeconds + jitter
      var (time, nextCheck) = (0.0, 0.0)
      var told: [AlertKind: Double] = [:]
      while time < due + (told.isEmpty ? 0 : 6) {
        var world = World()
        if time >= begin {
          world.set(effect)
          if flicker.isOn(at: time, &random) { world.set(cause) }
        }
        let now = start + .seconds(time)
        var transitions: [AlertPolicy.Transition] = []
        if world.hasFrames { policy.frameArrived(at: now) }
        if time >= nextCheck, world.hasFrames {
          transitions += policy.observe(world.shown, at: now)
          nextCheck = time + .random(in: 0.4...0.6, using: &random)
        }
        transitions += policy.pageReported(PageReport(camera: world.camera), at: now)
        transitions += policy.tick(at: now)
        for kind in transitions.filter(\.change.isConfirmed).map(\.kind) {
          #expect(time >= begin, "seed \(seed): \(kind) while all was well")
          #expect(kind != .videoStopped || !world.hasFrames, "seed \(seed): \(kind) while frames came")
          // What a page reports in turn, that the camera is off and on, is told in turn.
          if let before = told[kind], cause != .cameraOff {
            #expect(time - before >= 1, "seed \(seed): \(kind) again after \(time - before) s")
          }
          told[kind] = time
        }
        time += 0.1
      }
      if told.isEmpty { late.append("seed \(seed): \(flicker)") }
    }
    #expect(late.isEmpty, "\(late.count) of \(Self.sequences); \(late.prefix(5))")
  }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014: the same numbers on every machine.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
