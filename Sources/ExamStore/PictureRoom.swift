import ExamModel
import Synchronization

/// How many pictures of alerts may be kept on disk, and how many bytes they may use.
public struct PictureQuota: Sendable {
  public struct Bound: Sendable {
    public let pictures: Int
    public let bytes: Int

    public init(pictures: Int, bytes: Int) {
      self.pictures = pictures
      self.bytes = bytes
    }
  }

  /// Of one exam.
  public let exam: Bound
  /// Of all exams, including those that have ended and are still kept.
  public let all: Bound

  public init(exam: Bound, all: Bound) {
    self.exam = exam
    self.all = all
  }
}

/// The disk space used by pictures of alerts, tracked in memory: its caller serves every socket and must not wait for a disk.
final class PictureRoom: Sendable {
  private struct Usage {
    var pictures = 0
    var bytes = 0
    /// A picture did not fit. Smaller ones are refused then, too: teachers are told that there will be none.
    var isFull = false

    mutating func add(pictures count: Int, bytes more: Int) {
      pictures += count
      bytes += more
      if count < 0 { isFull = false }
    }

    func takes(_ more: Int, within bound: PictureQuota.Bound) -> Bool {
      !isFull && pictures < bound.pictures && bytes + more <= bound.bytes
    }

    func level(within bound: PictureQuota.Bound) -> RoomLevel {
      if isFull || pictures >= bound.pictures || bytes >= bound.bytes { return .full }
      let share = max(Double(pictures) / Double(bound.pictures), Double(bytes) / Double(bound.bytes))
      return share >= RoomLevel.warningShare ? .nearlyFull : .roomy
    }
  }

  private struct State {
    var all = Usage()
    var exams: [SessionCode: Usage] = [:]
  }

  private let quota: PictureQuota
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())

  init(_ quota: PictureQuota, report: @escaping @Sendable (String) -> Void) {
    self.quota = quota
    self.report = report
  }

  /// Counts what is already there.
  func count(pictures: Int, bytes: Int, of session: SessionCode) {
    state.withLock { state in
      state.all.add(pictures: pictures, bytes: bytes)
      state.exams[session, default: Usage()].add(pictures: pictures, bytes: bytes)
    }
  }

  /// Reserves space for a picture, if there is any: `kept`, or why not. That it is full is reported once.
  func take(_ bytes: Int, for session: SessionCode) -> PictureState {
    let (outcome, line): (PictureState, String?) = state.withLock { state in
      var exam = state.exams[session] ?? Usage()
      defer { state.exams[session] = exam }
      guard exam.takes(bytes, within: quota.exam) else {
        defer { exam.isFull = true }
        return (.examFull, exam.isFull ? nil : fullExam(session, exam))
      }
      guard state.all.takes(bytes, within: quota.all) else {
        defer { state.all.isFull = true }
        return (.serverFull, state.all.isFull ? nil : fullFolder(state.all))
      }
      state.all.add(pictures: 1, bytes: bytes)
      exam.add(pictures: 1, bytes: bytes)
      return (.kept, nil)
    }
    if let line { report(line) }
    return outcome
  }

  /// A picture with reserved space is not kept after all. The space of an erased session has been released already.
  func giveBack(_ bytes: Int, of session: SessionCode) {
    state.withLock { state in
      guard state.exams[session] != nil else { return }
      state.all.add(pictures: -1, bytes: -bytes)
      state.exams[session]?.add(pictures: -1, bytes: -bytes)
    }
  }

  /// All pictures of a session are erased.
  func clear(_ session: SessionCode) {
    state.withLock { state in
      guard let exam = state.exams.removeValue(forKey: session) else { return }
      state.all.add(pictures: -exam.pictures, bytes: -exam.bytes)
    }
  }

  func level(of session: SessionCode) -> (exam: RoomLevel, all: RoomLevel) {
    state.withLock { state in
      ((state.exams[session] ?? Usage()).level(within: quota.exam), state.all.level(within: quota.all))
    }
  }

  private func fullExam(_ session: SessionCode, _ usage: Usage) -> String {
    """
    the room for pictures of session \(session) is used up (\(words(usage))): its further alerts have none. All else goes \
    on. For more, set maximum_exam_pictures and maximum_exam_picture_megabytes and restart the server.
    """
  }

  private func fullFolder(_ usage: Usage) -> String {
    """
    the room for pictures of all sessions is used up (\(words(usage))): further alerts have none. All else goes on. Erase \
    the data of exams that are over, or set maximum_pictures and maximum_picture_megabytes and restart the server.
    """
  }

  private func words(_ usage: Usage) -> String {
    "\(usage.pictures) pictures, \(usage.bytes / 1_000_000) MB"
  }
}
