import Glibc

/// How often and how strictly pictures are searched for faces.
public struct FaceCheckConfiguration: Sendable, Hashable {
  /// Checks of each student per second, 0.1...30. Under overload every student gets equally fewer.
  public var checksPerSecond: Double = 2

  /// Worker threads, 1...64, each with its own buffers for both networks (about 27 MB).
  /// Half of the cores by default: a check is pure computation, and the other half is left for decoding and the web,
  /// which have deadlines that a face check has not.
  public var workers: Int = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2)

  /// The longest time without a search of a student's whole picture, 0...60 s; twice that under overload.
  ///
  /// Following one face does not find somebody who joins it, and a chair that looks like a face does so in every
  /// picture: without the search it would hide an empty seat for good.
  public var wholePictureEvery: Duration = .seconds(4)

  public var thresholds = FaceThresholds()

  public init() {}

  /// - Throws: `FaceCheckError` of code `.invalidConfiguration` that names the value.
  func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw FaceCheckError(code: .invalidConfiguration, description: text) }
    }
    try require(
      (0.1...30).contains(checksPerSecond), "checks per second must be 0.1 to 30, not \(checksPerSecond)")
    try require((1...64).contains(workers), "face check workers must be 1 to 64, not \(workers)")
    try require(
      (.zero ... .seconds(60)).contains(wholePictureEvery),
      "the whole picture must be searched every 0 to 60 seconds, not every \(wholePictureEvery)")
    try thresholds.validate(require)
  }
}

/// The score thresholds, each 0.05...1.
///
/// Measured on 490 pictures with a face and 676 without: CenterFace at 0.50 missed under 1 % and was wrong on 0.3 %.
/// BlazeFace, searching where a face had been, took 0.0 % of empty places for a face at 0.85, and 7.1 % at 0.50.
public struct FaceThresholds: Sendable, Hashable {
  /// CenterFace: minimum for a face that was not there before.
  public var newFace: Float = 0.50
  /// CenterFace: minimum for a face that was there at the last search, so that a borderline one does not flicker.
  public var keptFace: Float = 0.35
  /// BlazeFace: minimum for a certain yes.
  public var surelyTracked: Float = 0.85
  /// BlazeFace: below this the face is lost and the whole picture is searched at once; in between, within a second.
  public var possiblyTracked: Float = 0.50
  /// A picture whose luma deviates by less than this (0...127.5) shows nothing and is not searched. A face in the
  /// dimmest light in which one was found deviates by 3.2.
  public var leastContrast: Float = 2

  public init() {}

  func validate(_ require: (Bool, String) throws -> Void) throws {
    let scores = [newFace, keptFace, surelyTracked, possiblyTracked]
    try require(scores.allSatisfy { (0.05...1).contains($0) }, "face thresholds must be 0.05 to 1")
    try require(keptFace <= newFace, "the threshold of a kept face must not be above that of a new one")
    try require(
      possiblyTracked <= surelyTracked,
      "the threshold of a possible face must not be above that of a sure one")
  }
}
