import ArgumentParser

/// What to rehearse, against which server, and what it must withstand: the options of the command line.
public struct RehearsalConfiguration: ParsableArguments, Sendable {
  @Option(help: "Address of the server.")
  var url = "http://localhost:8080"
  @Option(help: "Students.")
  var students = 50
  @Option(help: "Teachers; each watches all tiles and one student closely.")
  var teachers = 1
  @Option(help: "Minutes that are measured.")
  var minutes = 5.0
  @Option(help: "What students send: video/x-vp8, image/jpeg or video/webm;codecs=vp8.")
  var media = "video/x-vp8"
  @Option(
    help: "Recording of your own to send: an IVF file with VP8, JPEG pictures one after the other, or WebM.")
  var upload: String?
  @Option(help: "Pictures a second of a file of JPEG pictures.")
  var uploadFps = 10.0
  @Option(help: "Folder with the recordings that come with the program.")
  public var recordingsDir = "Recordings"
  @Option(help: "Students whose picture freezes now and then (default: one of 50).")
  var frozen: Int?
  @Option(help: "Students whose camera is covered now and then (default: one of 50).")
  var dark: Int?
  @Option(help: "Students who leave their seat now and then (default: one of 50).")
  var absent: Int?
  @Option(help: "Students who lose their connection now and then (default: one of 50).")
  var reconnecting: Int?
  @Option(help: "Tiles a second of each student that each teacher asks for.")
  var tileFps = 2.0
  @Flag(
    inversion: .prefixedNo, help: "Each teacher also looks at one student closely, at 10 pictures a second.")
  var focus = true
  @Flag(help: "Trust a certificate that the server made itself.")
  var insecure = false
  @Option(help: "The server's process on this machine, where it is not found by its port.")
  var serverPid: Int?
  @Option(
    help: "Students who come in a second. The server lets 200 of one address in at once, then two a second.")
  var joinsPerSecond = 20.0
  @Option(help: "Seconds from when everybody is there until the measuring begins.")
  var warmUp = 3.0
  @Option(help: "Seconds after the end until the server's memory is looked at; 0: not at all.")
  var settle = 10.0
  @Option(help: "Seconds between two lines of progress.")
  var progress = 2.0
  @Option(help: "File to write all figures to, as JSON.")
  var json: String?

  @Option(help: "Limit: milliseconds from capture to tile for 99 of 100 tiles.")
  var limitTileMs = 250.0
  @Option(help: "Limit: seconds without a check of any one student.")
  var limitUnchecked = 1.5
  @Option(help: "Limit: connections lost.")
  var limitLosses = 0
  @Option(help: "Limit: share of the frames that are lost, 0 to 1.")
  var limitLostFrames = 0.01
  @Option(help: "Limit: alerts that should come and do not.")
  var limitMissedAlerts = 0
  @Option(help: "Limit: alerts that should not come.")
  var limitFalseAlerts = 0

  public init() {}

  /// What the server must withstand.
  var limits: [Verdict.Limit: Double] {
    [
      .tileLatency: limitTileMs, .unchecked: limitUnchecked, .connectionLosses: Double(limitLosses),
      .lostFrames: limitLostFrames, .missedAlerts: Double(limitMissedAlerts),
      .falseAlerts: Double(limitFalseAlerts),
    ]
  }

  /// - Throws: `RehearsalError` naming the option that cannot be used.
  func check() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw RehearsalError(text) }
    }
    try require((1...2000).contains(students), "--students must be 1 to 2000, not \(students).")
    try require((1...100).contains(teachers), "--teachers must be 1 to 100, not \(teachers).")
    try require(minutes > 0 && minutes <= 1440, "--minutes must be above 0 and at most 1440, not \(minutes).")
    try require((0.1...60).contains(uploadFps), "--upload-fps must be 0.1 to 60, not \(uploadFps).")
    try require((0.1...30).contains(tileFps), "--tile-fps must be 0.1 to 30, not \(tileFps).")
    try require(
      (0.1...500).contains(joinsPerSecond), "--joins-per-second must be 0.1 to 500, not \(joinsPerSecond).")
    try require((0...600).contains(warmUp), "--warm-up must be 0 to 600 seconds, not \(warmUp).")
    try require((0...600).contains(settle), "--settle must be 0 to 600 seconds, not \(settle).")
    try require((0.5...600).contains(progress), "--progress must be 0.5 to 600 seconds, not \(progress).")
    for (behaviour, count) in special {
      try require((count ?? 0) >= 0, "--\(behaviour) must not be negative.")
    }
    try require(
      special.reduce(0) { $0 + ($1.1 ?? 0) } <= students,
      "--frozen, --dark, --absent and --reconnecting are more than the \(students) students together.")
  }

  /// How many students behave specially; nil: one in fifty, and none of fewer than ten.
  private var special: [(Behaviour, Int?)] {
    [(.frozen, frozen), (.dark, dark), (.absent, absent), (.reconnecting, reconnecting)]
  }

  /// The behaviour of each student, special ones spread among the others.
  var behaviours: [Behaviour] {
    let few = students >= 10 ? max(1, students / 50) : 0
    let special = special.flatMap { Array(repeating: $0, count: $1 ?? few) }
    var all = [Behaviour](repeating: .ordinary, count: students)
    for (number, behaviour) in special.prefix(students).enumerated() {
      // Backwards, so that the first student, whom the first teacher watches closely, is an ordinary one if there is any.
      all[students - 1 - number * students / special.count] = behaviour
    }
    return all
  }
}
