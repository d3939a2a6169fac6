/// A rectangle in fractions of the picture: (0, 0) is its top left corner, (1, 1) its bottom right one.
public struct NormalizedRect: Sendable, Hashable, Codable {
  public var x: Float
  public var y: Float
  public var width: Float
  public var height: Float

  public init(x: Float, y: Float, width: Float, height: Float) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

/// The direction a head points to, in degrees.
public struct HeadPose: Sendable, Hashable, Codable {
  /// Positive to the right of the picture.
  public var yaw: Float
  /// Positive upwards.
  public var pitch: Float
  /// In-plane rotation.
  public var roll: Float

  public init(yaw: Float, pitch: Float, roll: Float) {
    self.yaw = yaw
    self.pitch = pitch
    self.roll = roll
  }
}

/// One face in one picture.
public struct DetectedFace: Sendable, Hashable, Codable {
  public var box: NormalizedRect
  /// The detector's own score, 0...1.
  public var score: Float
  /// Absent where the detector's points do not determine it.
  public var pose: HeadPose?

  public init(box: NormalizedRect, score: Float, pose: HeadPose? = nil) {
    self.box = box
    self.score = score
    self.pose = pose
  }
}

/// What one check of one picture found: the only thing the alert policy knows about a picture.
public struct FaceObservation: Sendable, Hashable {
  /// Which detector answered.
  public enum Tier: String, Sendable, Codable {
    /// The whole picture was searched, so `faces` is everybody in it.
    case wholePicture
    /// Only the surroundings of the one known face were searched.
    case trackedFace
    /// Neither: the picture shows nothing, or what it showed when no face was found in it.
    case notSearched
  }

  public var faces: [DetectedFace]
  public var tier: Tier
  /// Whether the detector was in no doubt: a followed face may be something that only resembles it until the whole
  /// picture is searched again.
  public var isSure: Bool
  /// Whether `faces` is everybody in the picture: it was searched as a whole, or nothing has changed around the one face
  /// since it was.
  public var isCountKnown: Bool
  /// Whether a picture without a face shows the room as it was around the last face.
  public var showsSurroundings: Bool
  /// Whether a picture without a face still shows the person of the last face, where that was.
  public var showsPerson: Bool
  /// Mean luma, 0...255.
  public var luminance: Float
  /// Standard deviation of luma, 0...127.5.
  public var contrast: Float
  /// How sharp the picture's sharpest edges are: of the differences of brightness between neighbouring cells of a grid
  /// of 40x30, the one that 2 % exceed, 0...255. What lies on a lens is out of focus and has none, however bright.
  public var edges: Float
  /// Mean absolute difference of luma from the picture of the student's check before, 0...255; `nil` for the first. A
  /// camera's own noise keeps it from zero where nothing moves.
  public var motion: Float?
  /// Capture time as the student's page stamped it, microseconds since the Unix epoch.
  public var capturedAt: Int64

  /// - Parameter isCountKnown: by default, where not just one face was followed.
  public init(
    faces: [DetectedFace], tier: Tier, isSure: Bool = true, isCountKnown: Bool? = nil,
    showsSurroundings: Bool = false,
    showsPerson: Bool = false,
    luminance: Float, contrast: Float, edges: Float, motion: Float? = nil, capturedAt: Int64
  ) {
    self.faces = faces
    self.tier = tier
    self.isSure = isSure
    self.isCountKnown = isCountKnown ?? (tier != .trackedFace)
    self.showsSurroundings = showsSurroundings
    self.showsPerson = showsPerson
    self.luminance = luminance
    self.contrast = contrast
    self.edges = edges
    self.motion = motion
    self.capturedAt = capturedAt
  }
}
