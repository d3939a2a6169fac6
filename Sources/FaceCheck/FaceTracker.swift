import ExamModel

/// Decides, for one student, which detector examines the next picture, and how to interpret its answer.
///
/// CenterFace sees everybody in the picture and costs about fifteen times what BlazeFace costs on one square of it. So
/// CenterFace finds the faces; while there is exactly one, BlazeFace follows it; CenterFace runs again, on the same picture,
/// when BlazeFace has lost the face or sees another one, within a second when BlazeFace is in doubt, when something
/// around the person has changed, and every few seconds if that cannot be told. If nothing around the person has moved, four
/// of five of those regular searches are skipped. Somebody who moves changes the surroundings all the time: after a few searches
/// every other regular one is left, and BlazeFace glances at the places that have changed, where CenterFace decides if
/// there is a face.
///
/// While the server cannot keep up, the few seconds double, and nothing else is looked for: with a fixed time the searches would use up what capacity
/// is left and hardly anybody would be followed (measured with 100 students on one core: 0.5 checks a second each).
struct FaceTracker: Sendable {
  typealias Instant = SuspendingClock.Instant

  /// What the next check should examine.
  enum Plan: Equatable {
    case wholePicture
    /// Follow the one face last seen here, and see whether there is another one at the top of a place that has changed.
    case trackedFace(NormalizedRect, glance: NormalizedRect? = nil)
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
  /// A box that ends this close to the picture's border may go on beyond it, as a share of the picture.
  static let border: Float = 0.02

  /// If nothing moves around the person, the whole picture is searched once in this many periods.
  static let calmPeriods = 5.0
  /// If something always does, once in this many, besides a few at once.
  static let restlessPeriods = 2.0
  /// So many searches of a period may be for what BlazeFace sees beside the face, besides a few at once.
  static let proposalsPerPeriod = 4
  /// An empty picture in which nothing changes is still searched this often.
  static let emptyPause: Duration = .seconds(2)

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
  private var room = RememberedRoom()
  /// How the scene differs from that of the last search.
  private var change: SceneGrid.Change?
  private var allowance: SearchAllowance
  /// For what BlazeFace sees beside the face that it follows.
  private var proposalAllowance: SearchAllowance
  private var isBehind = false
  /// Glances so far: several changed places take turns.
  private var glances = 0
  /// Where BlazeFace saw another face, for CenterFace to decide.
  private var proposed: [NormalizedRect] = []
  private var decoys = Decoys()

  /// - Parameter searchPhase: 0...1, different for every student: those who join together, or were delayed together,
  ///   would otherwise be searched together ever after, and meanwhile nobody would be followed.
  init(wholePictureEvery: Duration, searchPhase: Double) {
    self.wholePictureEvery = wholePictureEvery
    self.searchPhase = searchPhase
    allowance = SearchAllowance(every: wholePictureEvery * Self.restlessPeriods)
    proposalAllowance = SearchAllowance(every: wholePictureEvery / Self.proposalsPerPeriod)
  }

  // MARK: Planning

  /// What the check that starts `now` should examine.
  ///
  /// - Parameters:
  ///   - scene: the picture to be checked, coarsely.
  ///   - isBehind: whether checks are late because there are too many.
  mutating func plan(at now: Instant, scene: SceneGrid, isBehind: Bool) -> Plan {
    change = nil
    proposed = []
    self.isBehind = isBehind
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
    switch change {
    case .none:
      let due = max(nextSearch, lastSearch.at + wholePictureEvery * Self.calmPeriods)
      return now >= due ? .wholePicture : .trackedFace(known[0])
    case .cannotTell:
      // When behind, every other one is skipped.
      return now >= (isBehind ? nextSearch + wholePictureEvery : nextSearch)
        ? .wholePicture : .trackedFace(known[0])
    case .changed(let places):
      if isBehind {
        return now >= nextSearch + wholePictureEvery ? .wholePicture : .trackedFace(known[0])
      }
      if allowance.take(at: now) { return .wholePicture }
      glances += 1
      return .trackedFace(known[0], glance: places[glances % places.count])
    }
  }

  /// Whether nothing has changed around the one face since the whole picture was searched, and nothing else was seen.
  var isSceneUnchanged: Bool { change == SceneGrid.Change.none && proposed.isEmpty }

  /// Whether the face being followed may be something else.
  var isInDoubt: Bool { doubtSince != nil }

  /// Makes the next check a search of the whole picture.
  mutating func searchWholePictureNext() {
    isSearchAsked = true
  }

  // MARK: The room

  /// Whether a picture without a face that looks like `scene` shows the room that was around the last face.
  mutating func knowsSurroundings(of scene: SceneGrid) -> Bool { room.isShown(in: scene) }

  /// Whether a picture that looks like `scene` still shows the person of the last face.
  func knowsPerson(of scene: SceneGrid) -> Bool { room.showsPerson(in: scene) }

  // MARK: Answers

  /// Takes BlazeFace's answer for a picture that looks like `scene`.
  ///
  /// - Returns: the index of the followed face; nil if it is lost, and then the same picture should be searched.
  mutating func follow(_ findings: [Finding], scene: SceneGrid, at now: Instant) -> Int? {
    // In a square that holds the whole picture the best face may be somebody else's.
    let candidates = findings.indices.filter {
      findings[$0].score >= FaceThreshold.possiblyTracked
        && (!SearchSquare.isClose(known[0])
          || findings[$0].box.overlap(with: known[0]) >= Self.sameFaceOverlap)
    }
    guard let best = candidates.max(by: { findings[$0].score < findings[$1].score }) else { return nil }
    known = [findings[best].box.grown(by: BlazeFace.boxGrowth)]
    for index in findings.indices where index != best { propose(findings[index], at: now) }
    if findings[best].score >= FaceThreshold.surelyTracked {
      doubtSince = nil
      room.remember(scene, around: known[0])
    } else if doubtSince == nil {
      doubtSince = now
    }
    return best
  }

  /// Takes what BlazeFace saw beside the face that it follows. Whether that is a face is for CenterFace to decide.
  mutating func propose(_ finding: Finding, at now: Instant) {
    guard finding.score >= FaceThreshold.proposed,
      known.allSatisfy({ $0.overlap(with: finding.box) < Self.sameFaceOverlap }),
      decoys.isNews(finding.box, at: now)
    else { return }
    proposed.append(finding.box)
  }

  /// Whether BlazeFace saw somebody else.
  var isSomebodyProposed: Bool { !proposed.isEmpty }

  /// Whether the same picture should be searched for that. Something that moves and looks like a face does so in every
  /// picture: that must not cost more than following nothing.
  mutating func searchesForProposed(at now: Instant) -> Bool {
    isSomebodyProposed && !isBehind && proposalAllowance.take(at: now)
  }

  /// What CenterFace's findings must score at least for `accept` to need them.
  var leastScore: Float { known.isEmpty ? FaceThreshold.newFace : FaceThreshold.keptAtBorder }

  /// Takes CenterFace's answer for the whole picture, which looks like `scene`.
  ///
  /// - Returns: the indices of the findings that are faces: those above the threshold for a new one, and those above
  ///   a lower one where there was a face before.
  mutating func accept(_ findings: [Finding], scene: SceneGrid, at now: Instant) -> [Int] {
    let faces = findings.indices.filter { index in
      let finding = findings[index]
      if finding.score >= FaceThreshold.newFace { return true }
      let kept = finding.box.isAtBorder ? FaceThreshold.keptAtBorder : FaceThreshold.keptFace
      return finding.score >= kept
        && known.contains { $0.overlap(with: finding.box) >= Self.sameFaceOverlap }
    }
    known = faces.map { findings[$0].box }
    for box in proposed where !known.contains(where: { $0.overlap(with: box) >= Self.sameFaceOverlap }) {
      decoys.reject(box, at: now)
    }
    for box in known { decoys.forget(box) }
    proposed = []
    lastSearch = (now, scene)
    personThen = known.first
    if let person = known.first { room.remember(scene, around: person) }
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
  fileprivate func grown(by factor: (width: Float, height: Float)) -> NormalizedRect {
    let left = max(0, x - width * (factor.width - 1) / 2)
    let top = max(0, y - height * (factor.height - 1) / 2)
    let right = min(1, x + width * (factor.width + 1) / 2)
    let bottom = min(1, y + height * (factor.height + 1) / 2)
    return NormalizedRect(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// Whether it may go on beyond the picture.
  fileprivate var isAtBorder: Bool {
    min(x, y, 1 - x - width, 1 - y - height) <= FaceTracker.border
  }

  /// Intersection over union, 0...1.
  func overlap(with other: NormalizedRect) -> Float {
    let commonWidth = min(x + width, other.x + other.width) - max(x, other.x)
    let commonHeight = min(y + height, other.y + other.height) - max(y, other.y)
    guard commonWidth > 0, commonHeight > 0 else { return 0 }
    let common = commonWidth * commonHeight
    return common / (width * height + other.width * other.height - common)
  }
}
