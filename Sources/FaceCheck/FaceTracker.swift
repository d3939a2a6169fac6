import ExamModel

/// Decides, for one student, which detector examines the next picture, and how to interpret its answer.
///
/// CenterFace sees everybody in the picture and costs about fifteen times what BlazeFace costs on the surroundings of
/// one face. So CenterFace finds the faces; while there is exactly one, BlazeFace follows it; CenterFace runs again
/// when BlazeFace has lost the face (at once, on the same picture), when it is in doubt (within a second), when
/// something around the person has changed (at once, since somebody may have come), and every few seconds in any case.
/// If nothing around the person has moved, four of five of those regular searches are skipped.
///
/// While the server cannot keep up, the few seconds double: with a fixed time the searches would use up what capacity
/// is left and hardly anybody would be followed (measured with 100 students on one core: 0.5 checks a second each).
struct FaceTracker: Sendable {
  typealias Instant = SuspendingClock.Instant

  /// What the next check should examine.
  enum Plan: Equatable {
    case wholePicture
    /// Follow the one face last seen here.
    case trackedFace(NormalizedRect)
    /// Nobody was there and nothing has changed: nobody is there.
    case nothing
  }

  /// One face as reported by a detector.
  struct Finding: Equatable {
    var box: NormalizedRect
    var score: Float
  }

  /// How long a doubtful answer of BlazeFace is tolerated.
  static let doubtLimit: Duration = .seconds(1)
  /// Boxes of two checks that overlap by this much (intersection over union) are the same face.
  static let sameFaceOverlap: Float = 0.3

  /// If nothing moves around the person, the whole picture is searched once in this many periods.
  static let calmPeriods = 5.0
  /// An empty picture in which nothing changes is still searched this often.
  static let emptyPause: Duration = .seconds(2)
  /// How many searches triggered by changes may find nobody new: somebody who comes is half in the picture at first.
  static let fruitlessSearches = 4
  /// The delay after that; doubled with each further search, up to the period, so that a curtain in the wind costs no
  /// more than the regular searches do.
  static let changePause: Duration = .seconds(1)

  /// Every second pixel of the last picture, to tell whether anything moves at all.
  var samples: [UInt8] = []

  private let wholePictureEvery: Duration

  /// The faces last seen, framed as by CenterFace.
  private var known: [NormalizedRect] = []
  /// How far into the period the second search comes, 0...1; later ones keep that phase.
  private let searchPhase: Double
  /// When CenterFace searches next in any case; nil before its first search.
  private var nextSearch: Instant?
  private var isSearchAsked = false
  /// When BlazeFace began to be in doubt.
  private var doubtSince: Instant?
  /// The scene at the last search, and where the one person was in it.
  private var lastSearch: (at: Instant, scene: SceneGrid)?
  private var personThen: NormalizedRect?
  /// The scene when somebody was last seen in it, and where.
  private var surroundings: (scene: SceneGrid, person: NormalizedRect)?
  /// Searches triggered by changes that found nobody new, since the surroundings were last still.
  private var fruitless = 0
  /// How the scene differs from that of the last search.
  private var change: SceneGrid.Change?

  /// - Parameter searchPhase: 0...1, different for every student: those who join together, or were delayed together,
  ///   would otherwise be searched together ever after, and meanwhile nobody would be followed.
  init(wholePictureEvery: Duration, searchPhase: Double) {
    self.wholePictureEvery = wholePictureEvery
    self.searchPhase = searchPhase
  }

  /// What the check that starts `now` should examine.
  ///
  /// - Parameters:
  ///   - scene: the picture to be checked, coarsely.
  ///   - isBehind: whether checks are late because there are too many.
  mutating func plan(at now: Instant, scene: SceneGrid, isBehind: Bool) -> Plan {
    change = nil
    if known.isEmpty, let lastSearch, !isSearchAsked, now < lastSearch.at + Self.emptyPause,
      scene.change(since: lastSearch.scene) == .none
    {
      return .nothing
    }
    guard known.count == 1, let nextSearch, let lastSearch, let personThen, !isSearchAsked else {
      return .wholePicture
    }
    if let doubtSince, now >= doubtSince + Self.doubtLimit { return .wholePicture }
    let change = scene.change(since: lastSearch.scene, person: known[0], personThen: personThen)
    self.change = change
    if change == .none { fruitless = 0 }
    let isDue =
      switch change {
      case .none: now >= max(nextSearch, lastSearch.at + wholePictureEvery * Self.calmPeriods)
      case .changed where !isBehind: now >= min(nextSearch, lastSearch.at + changePause)
      // When behind, every other one is skipped.
      case .changed, .cannotTell: now >= (isBehind ? nextSearch + wholePictureEvery : nextSearch)
      }
    return isDue ? .wholePicture : .trackedFace(known[0])
  }

  private var changePause: Duration {
    guard fruitless >= Self.fruitlessSearches else { return .zero }
    return min(Self.changePause * (1 << min(fruitless - Self.fruitlessSearches, 16)), wholePictureEvery)
  }

  /// Whether nothing has changed around the one face since the whole picture was searched.
  var isSceneUnchanged: Bool { change == SceneGrid.Change.none }

  /// Whether a picture that looks like `scene` shows the room that was around the last face.
  func knowsSurroundings(of scene: SceneGrid) -> Bool {
    guard let surroundings else { return false }
    return scene.shows(surroundings.scene, around: surroundings.person)
  }

  /// Whether a picture that looks like `scene` still shows the person of the last face.
  func knowsPerson(of scene: SceneGrid) -> Bool {
    guard let surroundings else { return false }
    return scene.showsPerson(of: surroundings.scene, with: surroundings.person)
  }

  /// Whether the face being followed may be something else.
  var isInDoubt: Bool { doubtSince != nil }

  /// Makes the next check a search of the whole picture.
  mutating func searchWholePictureNext() {
    isSearchAsked = true
  }

  /// Takes BlazeFace's answer, best first.
  ///
  /// - Returns: the index of the followed face; nil if it is lost, and then the same picture should be searched.
  mutating func follow(_ findings: [Finding], at now: Instant) -> Int? {
    guard let best = findings.indices.max(by: { findings[$0].score < findings[$1].score }),
      findings[best].score >= FaceThreshold.possiblyTracked
    else { return nil }
    known = [findings[best].box.grown(by: BlazeFace.boxGrowth)]
    // A second face beside the first is for CenterFace to judge; a portrait on the wall must not trigger that every time.
    let isAlone = findings.indices.allSatisfy {
      $0 == best || findings[$0].score < FaceThreshold.possiblyTracked
    }
    if findings[best].score >= FaceThreshold.surelyTracked, isAlone {
      doubtSince = nil
    } else if doubtSince == nil {
      doubtSince = now
    }
    return best
  }

  /// Takes CenterFace's answer for the whole picture, which looks like `scene`.
  ///
  /// - Returns: the indices of the findings that are faces: those above the threshold for a new one, and those above
  ///   the lower threshold where there was a face before.
  mutating func accept(_ findings: [Finding], scene: SceneGrid, at now: Instant) -> [Int] {
    let faces = findings.indices.filter { index in
      let finding = findings[index]
      if finding.score >= FaceThreshold.newFace { return true }
      return finding.score >= FaceThreshold.keptFace
        && known.contains { $0.overlap(with: finding.box) >= Self.sameFaceOverlap }
    }
    // Something moves, and yet nobody has come.
    if change == .changed, known.count == 1, faces.count == 1 { fruitless += 1 }
    known = faces.map { findings[$0].box }
    lastSearch = (now, scene)
    personThen = known.first
    if let person = known.first { surroundings = (scene, person) }
    nextSearch = searchBeat(after: now)
    isSearchAsked = false
    doubtSince = nil
    return faces
  }

  private func searchBeat(after now: Instant) -> Instant {
    guard let nextSearch else { return now + wholePictureEvery * searchPhase }
    guard nextSearch <= now, wholePictureEvery > .zero else { return nextSearch }
    let missed = (nextSearch.duration(to: now) / wholePictureEvery).rounded(.down)
    return nextSearch + wholePictureEvery * (missed + 1)
  }
}

extension NormalizedRect {
  /// The rectangle with the same centre and `factor` times the sides, clipped to the picture.
  fileprivate func grown(by factor: Float) -> NormalizedRect {
    let left = max(0, x - width * (factor - 1) / 2)
    let top = max(0, y - height * (factor - 1) / 2)
    let right = min(1, x + width * (factor + 1) / 2)
    let bottom = min(1, y + height * (factor + 1) / 2)
    return NormalizedRect(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// Intersection over union, 0...1.
  fileprivate func overlap(with other: NormalizedRect) -> Float {
    let commonWidth = min(x + width, other.x + other.width) - max(x, other.x)
    let commonHeight = min(y + height, other.y + other.height) - max(y, other.y)
    guard commonWidth > 0, commonHeight > 0 else { return 0 }
    let common = commonWidth * commonHeight
    return common / (width * height + other.width * other.height - common)
  }
}
