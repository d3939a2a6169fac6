import Glibc

/// How often pictures are searched for faces.
public struct FaceCheckConfiguration: Sendable, Hashable {
  /// Checks of each student per second. Under overload every student gets equally fewer.
  public var checksPerSecond: Double = 2

  /// Worker threads, each with its own buffers for both networks (about 27 MB).
  /// Half of the cores by default: a check is pure computation, and the other half is left for decoding and the web,
  /// which have deadlines that a face check has not.
  public var workers: Int = min(64, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2))

  /// How often a student's whole picture is searched if nothing can be said of what is around the person; twice that
  /// under overload. If nothing has changed there, or always something does, `FaceTracker` searches less often.
  ///
  /// Following one face does not find everybody who joins it, and a chair that looks like a face does so in every
  /// picture: without the search it would hide an empty seat for good.
  public var wholePictureEvery: Duration = .seconds(4)

  public init() {}
}

/// The thresholds of scores and pictures.
///
/// Measured on 490 pictures with a face and 676 without: CenterFace at 0.50 missed under 1 % and was wrong on 0.3 %.
/// BlazeFace, searching where a face had been, took 0.0 % of empty places for a face at 0.85, and 7.1 % at 0.50.
enum FaceThreshold {
  /// CenterFace: minimum for a face that was not there before.
  static let newFace: Float = 0.50
  /// CenterFace: minimum for a face that was there at the last search, so that a borderline one does not flicker.
  static let keptFace: Float = 0.35
  /// BlazeFace: minimum for a certain yes.
  static let surelyTracked: Float = 0.85
  /// BlazeFace: below this the face is lost and the whole picture is searched at once; in between, within a second.
  static let possiblyTracked: Float = 0.50
  /// CenterFace: minimum for a face that was there at the last search and is cut by the picture's border. Of three faces cut so
  /// that 45 % showed, one scored 0.25 to 0.34, the others 0.64 and more.
  static let keptAtBorder: Float = 0.2
  /// BlazeFace: minimum of another face for CenterFace to be asked. Whoever is half in the picture scores 0.2 to 0.5.
  static let proposed: Float = 0.45
  /// A picture whose luma deviates by less than this (0...127.5) shows nothing and is not searched. A face in the
  /// dimmest light in which one was found deviates by 3.2.
  static let leastContrast: Float = 2
}
