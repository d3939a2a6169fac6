import ExamModel

/// Checks the pictures of many students for faces on a few threads, each student equally often.
///
/// Every student has a lane that holds only the newest picture. A lane is due one interval after its last check began;
/// a free worker takes the lane that has been due longest, so that under overload all are checked equally less often.
/// No lane is checked by two workers at a time.
public final class FaceCheckPool: Sendable {
  private let core: PoolState

  /// Loads both networks and starts the threads, which share them.
  ///
  /// - Throws: `FaceCheckError` naming the file or value that is wrong.
  public convenience init(models: FaceModels, configuration: FaceCheckConfiguration) throws {
    let networks = try FaceNetworks(models: models)
    try self.init(configuration: configuration) {
      PictureChecker(finder: try FaceFinder(networks))
    }
  }

  /// - Parameter makeChecker: called once per worker, here.
  init(
    configuration: FaceCheckConfiguration, makeChecker: () throws -> sending any PictureChecking
  ) throws {
    core = PoolState(configuration: configuration)
    for number in 1...configuration.workers {
      do {
        let checker = try makeChecker()
        try core.startWorker(number: number, checker: checker)
      } catch {
        core.shutdown()
        throw error
      }
    }
  }

  deinit {
    core.shutdown()
  }

  /// A student's lane in the pool, due at once.
  ///
  /// Both callbacks run on a worker thread, one at a time for one lane, and block that worker while they run. They are
  /// retained until the lane is closed: if what they capture owns the lane, the owner must close it.
  ///
  /// - Parameters:
  ///   - name: used in error messages.
  ///   - priority: whose check goes first.
  ///   - onObservation: what a check found.
  ///   - onFailure: why a check failed: called for each such picture, so limit what is logged.
  public func addLane(
    name: String, priority: FaceCheckPriority = .exam,
    onObservation: @escaping @Sendable (FaceObservation) -> Void,
    onFailure: @escaping @Sendable (String) -> Void
  ) -> FaceCheckLane {
    FaceCheckLane(
      core: core,
      id: core.addLane(
        name: name, priority: priority, onObservation: onObservation, onFailure: onFailure))
  }

  /// Ends the worker threads; running checks are finished first, and waiting pictures are dropped.
  ///
  /// No callback begins or runs once it returns, unless it was called from inside one. Lanes stay valid, but drop what
  /// they are offered.
  public func shutdown() {
    core.shutdown()
  }

  public var statistics: FaceCheckStatistics { core.statistics }
}

/// Whose pictures are checked first.
public enum FaceCheckPriority: Sendable, Hashable {
  /// A student in an exam: each equally often.
  case exam
  /// Somebody outside of any exam, who gets what capacity is left: one check at a time, while no student is due. Under
  /// overload that is none.
  case least
}

/// A student's lane in a `FaceCheckPool`.
public final class FaceCheckLane: Sendable {
  private let core: PoolState
  private let id: CheckSchedule.LaneID

  init(core: PoolState, id: CheckSchedule.LaneID) {
    self.core = core
    self.id = id
  }

  deinit {
    core.removeLane(id)
  }

  /// Takes the newest picture, replacing the waiting one.
  ///
  /// Takes only a short lock, so a streaming thread may call it. After `close` the picture is dropped.
  public func offer(_ picture: AnalysisPicture) {
    core.offer(picture, to: id)
  }

  /// Whether a picture that arrives now may be the next to be checked. Others need not be produced.
  public var wantsPicture: Bool { core.wantsPicture(id) }

  /// Makes the next check search the whole picture, whatever the tracker would do: for a suspicion that begins.
  public func searchWholePictureNext() {
    core.searchWholePictureNext(id)
  }

  /// Closes the lane.
  ///
  /// Waits for a running callback, so once this returns none runs and none begins; called from inside a callback of
  /// this lane, it returns at once and that callback is the last. Hold no lock that a callback takes.
  public func close() {
    core.closeLane(id)
  }
}
