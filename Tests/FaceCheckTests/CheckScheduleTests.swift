import ExamModel
import Testing

@testable import FaceCheck

@Suite struct CheckScheduleTests {
  private let start = SuspendingClock.now
  private let interval: Duration = .milliseconds(500)

  /// What `next` took, or nil.
  private func take(_ schedule: inout CheckSchedule, at now: SuspendingClock.Instant) -> (
    lane: Int, stamp: Int64
  )? {
    guard case .check(let id, let picture, _) = schedule.next(at: now) else { return nil }
    return (id, picture.capturedAt)
  }

  @Test func newestPictureIsTakenAndTheOlderHandedBack() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: start)
    #expect(schedule.offer(.stamp(1), to: lane, at: start).isNews)
    let second = schedule.offer(.stamp(2), to: lane, at: start)
    #expect(second.replaced?.capturedAt == 1)
    #expect(!second.isNews)
    #expect(take(&schedule, at: start)?.stamp == 2)
  }

  @Test func laneIsDueAnIntervalAfterItWasDue() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: start)
    _ = schedule.offer(.stamp(1), to: lane, at: start)
    #expect(take(&schedule, at: start) != nil)
    _ = schedule.offer(.stamp(2), to: lane, at: start + .milliseconds(100))
    schedule.finish(lane)
    guard case .sleep(let until) = schedule.next(at: start + .milliseconds(499)) else {
      Issue.record("the lane is due too early")
      return
    }
    #expect(until == start + interval)
    #expect(take(&schedule, at: start + interval)?.stamp == 2)
  }

  /// When the lane is due again after a check that began `late` after it was due.
  private func nextDue(afterDelay late: Duration) -> Duration? {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: start)
    _ = schedule.offer(.stamp(1), to: lane, at: start)
    #expect(take(&schedule, at: start + late) != nil)
    schedule.finish(lane)
    _ = schedule.offer(.stamp(2), to: lane, at: start + late)
    guard case .sleep(let until) = schedule.next(at: start + late) else { return nil }
    return start.duration(to: until)
  }

  @Test func aLaneThatIsALittleLateKeepsItsBeatAndALateOneBeginsANewOne() {
    #expect(nextDue(afterDelay: .milliseconds(200)) == interval)
    // At the next beat of 20 ms.
    #expect(nextDue(afterDelay: .milliseconds(300)) == .milliseconds(560))
    #expect(nextDue(afterDelay: .seconds(7)) == .milliseconds(7260))
  }

  @Test func leastPriorityGoesWhenNobodyIsDueAndOneAtATime() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let student = schedule.add(at: start)
    let previews = [schedule.add(.least, at: start), schedule.add(.least, at: start)]
    for preview in previews { #expect(schedule.offer(.stamp(0), to: preview, at: start).isNews) }
    _ = schedule.offer(.stamp(1), to: student, at: start + .seconds(1))
    // The student came last, a second after they were due.
    #expect(take(&schedule, at: start + .seconds(1))?.lane == student)
    #expect(schedule.longestDelay(at: start + .seconds(9)) == .zero)
    #expect(take(&schedule, at: start + .seconds(1))?.lane == previews[0])
    #expect(take(&schedule, at: start + .seconds(1)) == nil)
    #expect(!schedule.hasWork)
    // Even if its owner does not wait for the end.
    schedule.remove(previews[0])
    #expect(take(&schedule, at: start + .seconds(1)) == nil)
    schedule.finish(previews[0])
    #expect(take(&schedule, at: start + .seconds(1))?.lane == previews[1])
  }

  /// Eight people who preview their picture before joining ask again at once, each time as somebody new. `load` is the
  /// share of the one worker's time that the students need.
  @Test(arguments: [0.5, 0.9, 1.2]) func previewsNeverDelayAnExam(load: Double) {
    let check = Duration.milliseconds(20)
    let students = Int(load * (interval / check))
    func run(previews count: Int) -> (longestGap: Duration, previewsChecked: Int) {
      var schedule = CheckSchedule(interval: interval, start: start)
      var lastCheck: [CheckSchedule.LaneID: CheckSchedule.Instant] = [:]
      for number in 0..<students {
        let at = start + interval * (Double(number) / Double(students))
        lastCheck[schedule.add(at: at)] = at
      }
      var previews = (0..<count).map { _ in schedule.add(.least, at: start) }
      var (now, longest, checked) = (start, Duration.zero, 0)
      while now < start + .seconds(20) {
        for lane in lastCheck.keys { _ = schedule.offer(.stamp(0), to: lane, at: now) }
        for lane in previews { _ = schedule.offer(.stamp(0), to: lane, at: now) }
        switch schedule.next(at: now) {
        case .check(let lane, _, _):
          if let last = lastCheck[lane] {
            longest = max(longest, last.duration(to: now))
            lastCheck[lane] = now
          } else {
            checked += 1
            schedule.remove(lane)
            previews[previews.firstIndex(of: lane)!] = schedule.add(.least, at: now)
          }
          now += check
          schedule.finish(lane)
        case .sleep(let instant): now = instant
        case .idle: now += .milliseconds(1)
        }
      }
      return (longest, checked)
    }
    let (without, with) = (run(previews: 0), run(previews: 8))
    #expect(with.longestGap <= without.longestGap + check, "\(without) \(with)")
    #expect(load < 1 ? with.previewsChecked > 10 : with.previewsChecked == 0)
  }

  @Test func lanesOfOneBeatAreDueTogether() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lanes = [3, 11, 20].map { schedule.add(at: start + .milliseconds($0)) }
    for lane in lanes { _ = schedule.offer(.stamp(1), to: lane, at: start) }
    #expect(lanes.allSatisfy { _ in take(&schedule, at: start + .milliseconds(20)) != nil })
    for lane in lanes {
      schedule.finish(lane)
      _ = schedule.offer(.stamp(2), to: lane, at: start + .milliseconds(400))
    }
    #expect(take(&schedule, at: start + .milliseconds(519)) == nil)
    #expect(lanes.allSatisfy { _ in take(&schedule, at: start + .milliseconds(520)) != nil })
  }

  @Test func noBeatIsSkippedHoweverLongTheServerRuns() {
    // Counted in beats of 20 ms, these quotients are not whole in floating point.
    let begin = start + .milliseconds(20 * 59_030)
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: begin)
    for check in 0..<300 {
      let due = begin + interval * check
      _ = schedule.offer(.stamp(0), to: lane, at: due)
      #expect(take(&schedule, at: due) != nil, "check \(check) is late")
      schedule.finish(lane)
    }
  }

  @Test func aPictureForLaterIsNoNewsToAWorkerThatLooksBefore() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let (early, late) = (schedule.add(at: start + .seconds(1)), schedule.add(at: start + .seconds(2)))
    #expect(schedule.offer(.stamp(1), to: early, at: start).isNews)
    guard case .sleep = schedule.next(at: start) else {
      Issue.record("a lane is due too early")
      return
    }
    #expect(!schedule.offer(.stamp(1), to: late, at: start).isNews)
    let soon = schedule.add(at: start + .milliseconds(500))
    #expect(schedule.offer(.stamp(1), to: soon, at: start).isNews)
    // All busy, so nobody will check at an agreed time.
    #expect(take(&schedule, at: start + .seconds(1))?.lane == soon)
    let later = schedule.add(at: start + .seconds(3))
    #expect(schedule.offer(.stamp(1), to: later, at: start + .seconds(1)).isNews)
  }

  @Test func busyLaneIsNotTakenTwice() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: start)
    _ = schedule.offer(.stamp(1), to: lane, at: start)
    #expect(take(&schedule, at: start) != nil)
    #expect(!schedule.offer(.stamp(2), to: lane, at: start + .seconds(9)).isNews)
    guard case .idle = schedule.next(at: start + .seconds(9)) else {
      Issue.record("a lane is checked twice at a time")
      return
    }
    schedule.finish(lane)
    #expect(take(&schedule, at: start + .seconds(9))?.stamp == 2)
  }

  @Test func laneWithoutAPictureIsSkipped() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let (silent, talking) = (schedule.add(at: start), schedule.add(at: start + .seconds(5)))
    _ = schedule.offer(.stamp(1), to: talking, at: start)
    #expect(take(&schedule, at: start + .seconds(5))?.lane == talking)
    _ = schedule.offer(.stamp(2), to: silent, at: start + .seconds(5))
    #expect(take(&schedule, at: start + .seconds(5))?.lane == silent)
  }

  @Test func longestDueGoesFirst() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let late = schedule.add(at: start + .milliseconds(20))
    let later = schedule.add(at: start + .milliseconds(10))
    // The order in which pictures came does not matter.
    _ = schedule.offer(.stamp(1), to: late, at: start)
    _ = schedule.offer(.stamp(2), to: later, at: start + .milliseconds(30))
    #expect(take(&schedule, at: start + .milliseconds(40))?.lane == later)
    #expect(take(&schedule, at: start + .milliseconds(40))?.lane == late)
  }

  @Test func removedLaneIsForgotten() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: start)
    _ = schedule.offer(.stamp(1), to: lane, at: start)
    schedule.remove(lane)
    #expect(take(&schedule, at: start) == nil)
    #expect(!schedule.offer(.stamp(2), to: lane, at: start).isNews)
  }

  @Test func delayCountsFromWhenBothDueAndPictureWereThere() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lane = schedule.add(at: start)
    _ = schedule.offer(.stamp(1), to: lane, at: start + .seconds(3))
    _ = schedule.offer(.stamp(2), to: lane, at: start + .seconds(4))
    #expect(schedule.longestDelay(at: start + .seconds(5)) == .seconds(2))
    guard case .check(_, _, let delay) = schedule.next(at: start + .seconds(5)) else {
      Issue.record("nothing is due")
      return
    }
    #expect(delay == .seconds(2))
    #expect(schedule.longestDelay(at: start + .seconds(6)) == .zero)
  }

  /// Two workers, 50 lanes at 10 pictures a second, checks of 5 to 60 ms: four times what they can handle.
  @Test func overloadSlowsEveryLaneEqually() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lanes = (0..<50).map { _ in schedule.add(at: start) }
    var checks = [Int](repeating: 0, count: lanes.count)
    var busyUntil: [(at: Int, lane: Int)?] = [nil, nil]
    for millisecond in 0..<60_000 {
      let now = start + .milliseconds(millisecond)
      for lane in lanes where (millisecond + 7 * lane) % 100 == 0 {
        _ = schedule.offer(.stamp(Int64(millisecond)), to: lane, at: now)
      }
      for worker in busyUntil.indices {
        if let job = busyUntil[worker], job.at <= millisecond {
          schedule.finish(job.lane)
          busyUntil[worker] = nil
        }
        if busyUntil[worker] == nil, let (lane, stamp) = take(&schedule, at: now) {
          #expect(millisecond - Int(stamp) < 100, "an old picture was checked")
          checks[lane] += 1
          // The cost of lanes changes all the time: some students are followed, some searched for.
          busyUntil[worker] = (millisecond + (lane % 5 == 0 ? 260 : 60), lane)
        }
      }
    }
    #expect(checks.min()! >= 20)
    #expect(checks.max()! - checks.min()! <= 1, "\(checks)")
  }

  @Test func withoutOverloadEveryLaneHasItsRate() {
    var schedule = CheckSchedule(interval: interval, start: start)
    let lanes = (0..<20).map { _ in schedule.add(at: start) }
    var checks = [Int](repeating: 0, count: lanes.count)
    for millisecond in 0..<10_000 {
      let now = start + .milliseconds(millisecond)
      for lane in lanes where (millisecond + 7 * lane) % 100 == 0 {
        _ = schedule.offer(.stamp(0), to: lane, at: now)
      }
      while let (lane, _) = take(&schedule, at: now) {
        checks[lane] += 1
        schedule.finish(lane)
      }
    }
    #expect(checks.allSatisfy { (19...21).contains($0) }, "\(checks)")
  }
}
