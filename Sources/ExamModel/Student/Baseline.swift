/// How one student usually appears to the server: medians over the first seconds with one face in the picture.
/// Thresholds are relative to it, so that a camera at the side does not make a student appear to look away.
public struct Baseline: Sendable, Hashable, Codable {
  /// Degrees, positive to the right of the picture; `nil` if the face's points never determined it.
  public let yaw: Float?
  /// Height of the face as a fraction of the picture's.
  public let faceHeight: Float
  /// Mean luma, 0...255.
  public let luminance: Float
  /// Sharpest edges, as `FaceObservation.edges`.
  public let edges: Float
  /// The number of checks it is based on.
  public let checks: Int

  public init(yaw: Float?, faceHeight: Float, luminance: Float, edges: Float, checks: Int) {
    self.yaw = yaw
    self.faceHeight = faceHeight
    self.luminance = luminance
    self.edges = edges
    self.checks = checks
  }

  private enum CodingKeys: String, CodingKey {
    case yaw
    case faceHeight = "face_height"
    case luminance, edges, checks
  }
}

/// Collects the checks from which a student's baseline is computed.
struct Calibration: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// How long a student is observed, from the first face on.
  static let period = Duration.seconds(20)
  /// Fewer checks with one face than this are not enough, however long they took.
  static let leastChecks = 16

  private var beganAt: Instant?
  private var yaws: [Float] = []
  private var heights: [Float] = []
  private var luminances: [Float] = []
  private var edges: [Float] = []

  init() {}

  /// Takes one check.
  ///
  /// - Returns: the baseline, once there is enough.
  mutating func add(_ observation: FaceObservation, at now: Instant) -> Baseline? {
    guard observation.faces.count == 1, let face = observation.faces.first else { return nil }
    let began = beganAt ?? now
    beganAt = began
    if let yaw = face.pose?.yaw { yaws.append(yaw) }
    heights.append(face.box.height)
    luminances.append(observation.luminance)
    edges.append(observation.edges)
    guard now - began >= Self.period, heights.count >= Self.leastChecks else { return nil }
    return Baseline(
      yaw: yaws.count >= Self.leastChecks / 2 ? Self.median(yaws) : nil, faceHeight: Self.median(heights),
      luminance: Self.median(luminances), edges: Self.median(edges), checks: heights.count)
  }

  private static func median(_ values: [Float]) -> Float { values.sorted()[values.count / 2] }
}
