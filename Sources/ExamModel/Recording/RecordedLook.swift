/// One check of one picture of a recorded video: a line of an observation file, which is in JSON Lines.
///
/// What the policy needs and no more, rounded to what the detectors' noise leaves of it, so that hours of it stay small and
/// can be judged again in seconds.
public struct RecordedLook: Sendable, Hashable {
  /// Seconds from the first picture of the video.
  public var at: Double
  public var observation: FaceObservation

  public init(at: Double, observation: FaceObservation) {
    self.at = at
    self.observation = observation
  }
}

extension RecordedLook: Codable {
  private enum CodingKeys: String, CodingKey {
    case at, faces, tier, sure, count, room, person, luminance, contrast, edges, motion
  }

  /// `box`: x, y, width, height in shares of the picture. `pose`: yaw, pitch, roll in degrees.
  private struct Face: Codable {
    var box: [Float]
    var score: Float
    var pose: [Float]?

    init(_ face: DetectedFace) {
      box = [face.box.x, face.box.y, face.box.width, face.box.height].map { $0.rounded(to: 1000) }
      score = face.score.rounded(to: 100)
      pose = face.pose.map { [$0.yaw, $0.pitch, $0.roll].map { $0.rounded(to: 10) } }
    }

    func detected(_ decoder: any Decoder) throws -> DetectedFace {
      guard box.count == 4, pose.map({ $0.count == 3 }) ?? true else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath, debugDescription: "a box has four numbers and a pose has three"))
      }
      return DetectedFace(
        box: NormalizedRect(x: box[0], y: box[1], width: box[2], height: box[3]), score: score,
        pose: pose.map { HeadPose(yaw: $0[0], pitch: $0[1], roll: $0[2]) })
    }
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func flag(_ key: CodingKeys) throws -> Bool { try fields.decodeIfPresent(Bool.self, forKey: key) ?? false }
    at = try fields.decode(Double.self, forKey: .at)
    observation = FaceObservation(
      faces: try fields.decodeIfPresent([Face].self, forKey: .faces)?.map { try $0.detected(decoder) } ?? [],
      tier: try fields.decode(FaceObservation.Tier.self, forKey: .tier), isSure: try flag(.sure),
      isCountKnown: try flag(.count), showsSurroundings: try flag(.room), showsPerson: try flag(.person),
      luminance: try fields.decode(Float.self, forKey: .luminance),
      contrast: try fields.decode(Float.self, forKey: .contrast),
      edges: try fields.decode(Float.self, forKey: .edges),
      motion: try fields.decodeIfPresent(Float.self, forKey: .motion), capturedAt: 0)
  }

  /// Flags that are false and an empty list of faces are left out.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    let look = observation
    try fields.encode((at * 1000).rounded() / 1000, forKey: .at)
    if !look.faces.isEmpty { try fields.encode(look.faces.map(Face.init), forKey: .faces) }
    try fields.encode(look.tier, forKey: .tier)
    let flags: [(CodingKeys, Bool)] = [
      (.sure, look.isSure), (.count, look.isCountKnown), (.room, look.showsSurroundings),
      (.person, look.showsPerson),
    ]
    for (key, isSet) in flags where isSet { try fields.encode(true, forKey: key) }
    try fields.encode(look.luminance.rounded(to: 10), forKey: .luminance)
    try fields.encode(look.contrast.rounded(to: 10), forKey: .contrast)
    try fields.encode(look.edges.rounded(to: 10), forKey: .edges)
    try fields.encodeIfPresent(look.motion?.rounded(to: 100), forKey: .motion)
  }
}

extension Float {
  fileprivate func rounded(to parts: Float) -> Float { (self * parts).rounded() / parts }
}
