/// What the looks at pictures are judged by besides the rule of each kind: docs/tuning.md has the measurements.
public struct PictureThresholds: Sendable, Hashable {
  /// A baseline further to the side than this is not trusted: nobody calibrates a look into the lap. Degrees.
  public var farthestBaseline = 20.0
  /// How much further a head may turn until the baseline is known, in degrees.
  public var yawBeforeBaseline = 10.0
  /// A head turned further than this is turning away, in degrees: a face at rest stays within it.
  public var turning = 12.0
  /// If a student's usual picture has weak edges (a dim room), those of a covered lens are weaker by this factor.
  public var shareOfEdges = 0.5
  /// An encoder leaves this much of a picture's edges, whatever covers the lens.
  public var leastEdges = 1.2
  /// Below this a picture without a face counts as still: an empty room is, except for the camera's noise.
  public var motionOfEmptyRoom = 0.05
  /// Above this a picture has certainly moved. Below it an encoder may be refining a static picture, which takes it no
  /// longer than `polishing`.
  public var surelyMoved = 1.5
  /// Seconds.
  public var polishing = 2.5

  public init() {}

  public struct Setting: Sendable {
    /// As in the configuration.
    public let name: String
    public let field: any WritableKeyPath<PictureThresholds, Double> & Sendable
    public let range: ClosedRange<Double>
  }

  /// What an operator may set.
  public static let settings = [
    Setting(name: "farthest_baseline", field: \.farthestBaseline, range: 0...90),
    Setting(name: "yaw_before_baseline", field: \.yawBeforeBaseline, range: 0...90),
    Setting(name: "turning", field: \.turning, range: 0...90),
    Setting(name: "share_of_edges", field: \.shareOfEdges, range: 0...1),
    Setting(name: "least_edges", field: \.leastEdges, range: 0...255),
    Setting(name: "motion_of_empty_room", field: \.motionOfEmptyRoom, range: 0...255),
    Setting(name: "surely_moved", field: \.surelyMoved, range: 0...255),
    Setting(name: "polishing", field: \.polishing, range: 0...60),
  ]
}
