/// What to rehearse, against which server, and what it must withstand.
public struct RehearsalConfiguration: Sendable {
  /// Address of the server, such as `http://localhost:8080`.
  public var url: String
  public var students: Int
  public var teachers: Int
  /// How long to measure.
  public var minutes: Double
  /// What students send: `video/x-vp8`, `image/jpeg` or `video/webm;codecs=vp8`; for a custom upload the file decides.
  public var media: String
  /// A custom recording: IVF (VP8), concatenated JPEG pictures, or WebM.
  public var upload: String?
  /// Pictures per second of JPEG pictures from a file, which have no timestamps.
  public var uploadRate: Double
  /// Folder with the recordings that come with the program.
  public var recordingsFolder: String
  /// Students who behave specially; nil: one in fifty, and none of fewer than ten.
  public var frozen: Int?
  public var dark: Int?
  public var absent: Int?
  public var reconnecting: Int?
  /// Tiles per second and student that each teacher asks for.
  public var tileRate: Double
  /// Whether each teacher also watches one student closely.
  public var focus: Bool
  public var teacherPassword: String?
  /// Trust the server's self-made certificate.
  public var trustsAnyCertificate: Bool
  /// The server's process, if it cannot be found by its port.
  public var serverPID: Int?
  /// Students who join per second.
  public var joinRate: Double
  /// Seconds from when everybody is there until measuring begins.
  public var warmUpSeconds: Double
  /// Seconds after the session's end at which the server's memory is measured again.
  public var settleSeconds: Double
  /// Seconds between two lines of progress.
  public var progressSeconds: Double
  public var limits: Limits

  /// What the server must withstand; nil: not judged.
  public struct Limits: Sendable {
    /// 99 of 100 tiles must reach the teacher within this many milliseconds of their capture.
    public var tileLatencyMilliseconds: Double? = 250
    /// Seconds within which every student must be checked again.
    public var uncheckedSeconds: Double? = 1.5
    /// Connections that may be lost.
    public var connectionLosses: Double? = 0
    /// Share of the offered frames that may be lost, 0...1.
    public var lostFrames: Double? = 0.01
    /// Alerts that may be missing.
    public var missedAlerts: Double? = 0
    /// Alerts that may be false.
    public var falseAlerts: Double? = 0

    public init() {}
  }

  public init(url: String) {
    self.url = url
    students = 50
    teachers = 1
    minutes = 5
    media = "video/x-vp8"
    uploadRate = 10
    recordingsFolder = "Recordings"
    tileRate = 2
    focus = true
    trustsAnyCertificate = false
    joinRate = 20
    warmUpSeconds = 3
    settleSeconds = 10
    progressSeconds = 2
    limits = Limits()
  }

  /// - Throws: `RehearsalError` naming the option.
  func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw RehearsalError(text) }
    }
    try require((1...2000).contains(students), "--students must be 1 to 2000, not \(students).")
    try require((1...100).contains(teachers), "--teachers must be 1 to 100, not \(teachers).")
    try require(minutes > 0 && minutes <= 1440, "--minutes must be above 0 and at most 1440, not \(minutes).")
    try require((0.1...60).contains(uploadRate), "--upload-fps must be 0.1 to 60, not \(uploadRate).")
    try require((0.1...30).contains(tileRate), "--tile-fps must be 0.1 to 30, not \(tileRate).")
    try require((0.1...500).contains(joinRate), "--joins-per-second must be 0.1 to 500, not \(joinRate).")
    try require(
      (0...600).contains(warmUpSeconds), "--warm-up must be 0 to 600 seconds, not \(warmUpSeconds).")
    try require((0...600).contains(settleSeconds), "--settle must be 0 to 600 seconds, not \(settleSeconds).")
    try require(
      (0.5...600).contains(progressSeconds), "--progress must be 0.5 to 600 seconds, not \(progressSeconds).")
    for (name, count) in [
      ("frozen", frozen), ("dark", dark), ("absent", absent), ("reconnecting", reconnecting),
    ] {
      try require((count ?? 0) >= 0, "--\(name) must not be negative.")
    }
    let special = behaviours.count { $0 != .ordinary }
    try require(
      (frozen ?? 0) + (dark ?? 0) + (absent ?? 0) + (reconnecting ?? 0) <= students,
      "--frozen, --dark, --absent and --reconnecting are more than the \(students) students together.")
    try require(special <= students, "there are more special students than students.")
  }

  /// The behaviour of each student, special ones spread among the others.
  var behaviours: [Behaviour] {
    let few = students >= 10 ? max(1, students / 50) : 0
    var special: [Behaviour] = []
    for (behaviour, count) in [
      (Behaviour.frozen, frozen), (.dark, dark), (.absent, absent), (.reconnecting, reconnecting),
    ] {
      special += Array(repeating: behaviour, count: count ?? few)
    }
    var all = [Behaviour](repeating: .ordinary, count: students)
    for (number, behaviour) in special.prefix(students).enumerated() {
      // Backwards, so that the first student, whom the first teacher watches closely, is an ordinary one if there is any.
      all[students - 1 - number * students / special.count] = behaviour
    }
    return all
  }
}
