import ExamModel

/// What the pool, its lanes and its worker threads share.
///
/// It does not reference `FaceCheckPool` and `FaceCheckLane`, so that they are freed when their owners release them.
final class PoolState: Sendable {
  typealias LaneID = CheckSchedule.LaneID

  private struct Lane: Sendable {
    let name: String
    let onObservation: @Sendable (FaceObservation) -> Void
    let onFailure: @Sendable (String) -> Void
    var tracker: FaceTracker
    var searchesWholePictureNext = false
  }

  private struct State: Sendable {
    var schedule: CheckSchedule
    var lanes: [LaneID: Lane] = [:]
    /// The lanes whose callback is running, and on which thread.
    var callbacks: [LaneID: WorkerThread] = [:]
    var workers: [WorkerThread] = []
    var isShutDown = false
    var statistics = FaceCheckStatistics()
  }

  /// One picture being processed by a worker.
  private struct Check {
    let id: LaneID
    let picture: AnalysisPicture
    var tracker: FaceTracker
    let isBehind: Bool
  }

  /// What threads wait for.
  private enum Condition {
    /// A picture to check, or the end: worker threads wait for it.
    static let work = 0
    /// The end of a callback: those who close its lane wait for it.
    static let callbackEnd = 1
  }

  private let guarded: ConditionMutex<State>
  /// From the start of a lane's check to when it is due again.
  private let interval: Duration
  private let configuration: FaceCheckConfiguration

  init(configuration: FaceCheckConfiguration) {
    self.configuration = configuration
    interval = .seconds(1 / configuration.checksPerSecond)
    guarded = ConditionMutex(State(schedule: CheckSchedule(interval: interval)), conditions: 2)
  }

  var statistics: FaceCheckStatistics {
    let now = SuspendingClock.now
    return guarded.withLock { state in
      var statistics = state.statistics
      statistics.longestDelay = state.schedule.longestDelay(at: now)
      return statistics
    }
  }

  // MARK: Lanes

  func addLane(
    name: String, priority: FaceCheckPriority, onObservation: @escaping @Sendable (FaceObservation) -> Void,
    onFailure: @escaping @Sendable (String) -> Void
  ) -> LaneID {
    guarded.withLock { state in
      let id = state.schedule.add(priority, at: .now)
      // Multiples of the golden ratio are evenly distributed over the period, however many lanes there are.
      let phase = (Double(id) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      let tracker = FaceTracker(
        wholePictureEvery: configuration.wholePictureEvery, searchPhase: 1 - phase)
      state.lanes[id] = Lane(
        name: name, onObservation: onObservation, onFailure: onFailure, tracker: tracker)
      return id
    }
  }

  func wantsPicture(_ id: LaneID) -> Bool {
    let now = SuspendingClock.now
    return guarded.withLock { $0.schedule.wantsPicture(id, at: now) }
  }

  func offer(_ picture: AnalysisPicture, to id: LaneID) {
    let now = SuspendingClock.now
    // The replaced picture is returned so that its memory is freed after the lock is released.
    let (_, isNews) = guarded.withLock { state in
      state.isShutDown ? (nil, false) : state.schedule.offer(picture, to: id, at: now)
    }
    if isNews {
      guarded.signal(Condition.work)
    }
  }

  func searchWholePictureNext(_ id: LaneID) {
    guarded.withLock { $0.lanes[id]?.searchesWholePictureNext = true }
  }

  /// No callback of the lane begins from now on; a running one is not waited for.
  func removeLane(_ id: LaneID) {
    // Returned for the same reason as a picture: what the callbacks capture must not be freed while the lock is held.
    _ = guarded.withLock { state in
      state.schedule.remove(id)
      return state.lanes.removeValue(forKey: id)
    }
  }

  func closeLane(_ id: LaneID) {
    removeLane(id)
    guarded.wait(for: Condition.callbackEnd) { state -> ConditionMutex<State>.Step<Void> in
      guard let worker = state.callbacks[id], worker != .current else { return .done(()) }
      return .wait(until: nil)
    }
  }

  // MARK: Workers

  func startWorker(number: Int, checker: sending any PictureChecking) throws {
    let thread = try WorkerThread.start(name: "face-check-\(number)") {
      self.work(checker: checker)
    }
    guarded.withLock { $0.workers.append(thread) }
  }

  func shutdown() {
    let workers = guarded.withLock { state in
      state.isShutDown = true
      defer { state.workers = [] }
      return state.workers
    }
    guarded.broadcast(Condition.work)
    for worker in workers {
      worker.join()
    }
  }

  private func work(checker: any PictureChecking) {
    while var check = nextCheck() {
      let start = WorkerThread.cpuTime
      let result = Result {
        try checker.check(check.picture, tracker: &check.tracker, now: .now, isBehind: check.isBehind)
      }
      guard let lane = finish(check, result, cpuTime: WorkerThread.cpuTime - start) else { continue }
      switch result {
      case .success(let observation): lane.onObservation(observation)
      case .failure(let error): lane.onFailure("checking a picture of \(lane.name) failed: \(error)")
      }
      endCallback(of: check.id)
    }
  }

  /// Waits for a picture to check; nil ends the worker.
  private func nextCheck() -> Check? {
    let (check, hasMore) = guarded.wait(for: Condition.work) {
      state -> ConditionMutex<State>.Step<(Check?, Bool)> in
      if state.isShutDown { return .done((nil, false)) }
      switch state.schedule.next(at: .now) {
      case .idle: return .wait(until: nil)
      case .sleep(let instant): return .wait(until: instant)
      case .check(let id, let picture, let delay):
        var tracker = state.lanes[id]!.tracker
        if state.lanes[id]!.searchesWholePictureNext {
          tracker.searchWholePictureNext()
          state.lanes[id]!.searchesWholePictureNext = false
        }
        // Late by half an interval: that is no hiccup, but a third of the checks missing.
        let check = Check(id: id, picture: picture, tracker: tracker, isBehind: delay > interval / 2)
        return .done((check, state.schedule.hasWork))
      }
    }
    // This worker watched the clock for the others too: one of them takes over while it is busy.
    if hasMore {
      guarded.signal(Condition.work)
    }
    return check
  }

  /// Records a check.
  ///
  /// - Returns: the lane whose callback to call, nil if it was closed meanwhile.
  private func finish(
    _ check: Check, _ result: Result<FaceObservation, any Error>, cpuTime: Duration
  ) -> Lane? {
    guarded.withLock { state in
      switch result {
      case .success(let observation):
        let tier: WritableKeyPath<FaceCheckStatistics, FaceCheckStatistics.Work> =
          switch observation.tier {
          case .wholePicture: \.wholePicture
          case .trackedFace: \.trackedFace
          case .notSearched: \.notSearched
          }
        state.statistics[keyPath: tier].checks += 1
        state.statistics[keyPath: tier].cpuTime += cpuTime
      case .failure:
        state.statistics.failures += 1
      }
      guard state.lanes[check.id] != nil else {
        state.schedule.finish(check.id)
        return nil
      }
      state.lanes[check.id]!.tracker = check.tracker
      state.callbacks[check.id] = .current
      return state.lanes[check.id]
    }
  }

  private func endCallback(of id: LaneID) {
    guarded.withLock { state in
      state.callbacks[id] = nil
      state.schedule.finish(id)
    }
    guarded.broadcast(Condition.callbackEnd)
  }
}
