/// What is rehearsed, against which server, and what it must hold.
public struct RehearsalConfiguration: Sendable {
  /// Address of the server, such as `http://localhost:8080`.
  public var url: String
  public var students: Int
  public var teachers: Int
  /// How long is measured.
  public var minutes: Double
  /// What students send: `video/x-vp8`, `image/jpeg` or `video/webm;codecs=vp8`; an upload of one's own decides itself.
  public var media: String
  /// A recording of one's own: IVF (VP8), JPEG pictures one after the other, or WebM.
  public var upload: String?
  /// Pictures a second of JPEG pictures from a file, which have no times.
  public var uploadRate: Double
  /// Folder with the recordings that come with the program.
  public var recordingsFolder: String
  /// Students who behave specially; nil: one of fifty, and none of fewer than ten.
  public var frozen: Int?
  public var dark: Int?
  public var absent: Int?
  public var reconnecting: Int?
  /// Tiles a second and student that each teacher asks for.
  public var tileRate: Double
  /// Whether each teacher also looks at one student closely.
  public var focus: Bool
  public var teacherPassword: String?
  /// Trust a certificate that the server made itself.
  public var trustsAnyCertificate: Bool
  /// The server's process, where it cannot be found by its port.
  public var serverPID: Int?
  /// Students who come in a second.
  public var joinRate: Double
  /// Seconds from when everybody is there until the measuring begins.
  public var warmUpSeconds: Double
  /// Seconds after the session's end at which the server's memory is looked at again.
  public var settleSeconds: Double
  /// Seconds between two lines of progress.
  public var progressSeconds: Double
  public var limits: Limits

  /// What the server must hold; nil: not judged.
  public struct Limits: Sendable {
    /// 99 of 100 tiles must be at the teacher's within so many milliseconds of their capture.
    public var tileLatencyMilliseconds: Double? = 250
    /// Seconds within which every student must be checked again.
    public var uncheckedSeconds: Double? = 1.5
    /// Connections that may be lost.
    public var connectionLosses: Double? = 0
    /// Share of the frames offered that may be lost, 0...1.
    public var lostFrames: Double? = 0.01
    /// Alerts that may not come although they should.
    public var missedAlerts: Double? = 0
    /// Alerts that may come although they should not.
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

  /// - Throws: `RehearsalError` that names the option.
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

  /// What each student does, special ones spread among the others.
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
      // Backwards, so that the first student, whom the first teacher looks at closely, is an ordinary one if any is.
      all[students - 1 - number * students / special.count] = behaviour
    }
    return all
  }
}
