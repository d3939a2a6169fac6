import ExamModel
import GLibRuntime
import Testing
import WebGateway

@testable import ExamServer

/// What a teacher was sent.
@GatewayActor
private final class Received {
  var pictures: [StudentPicture] = []
}

@GatewayActor
@Suite struct TeacherPicturesTests {
  private let fanOut = PictureFanOut()
  private let received = Received()
  private let ada = ParticipantID(rawValue: "ada")
  private let bob = ParticipantID(rawValue: "bob")

  private func teacher(maximumRate: Double = 1_000_000) -> TeacherPictures {
    let received = received
    return TeacherPictures(teacher: ParticipantID(rawValue: "t"), fanOut: fanOut, maximumRate: maximumRate) {
      received.pictures.append($0)
    }
  }

  private func publish(_ student: ParticipantID, at time: Int64, view: PictureView = .tile) {
    fanOut.publish(
      StudentPicture(
        channel: PictureChannel(student: student, view: view), number: 1, jpeg: SharedBytes([1]),
        capturedAt: time))
  }

  private func watchAll(_ teacher: TeacherPictures) {
    teacher.watch(
      WatchRequest(view: .tile, students: .all, framesPerSecond: 1_000_000), students: [ada, bob])
  }

  @Test func picturesUnderWayAreBoundedAndTheNewestWins() {
    let teacher = teacher()
    watchAll(teacher)
    for time in 0..<Int64(TeacherPictures.credit) { publish(ada, at: time) }
    #expect(received.pictures.count == TeacherPictures.credit)
    // The credit is spent: of each student the newest waits.
    for time in 100..<Int64(110) {
      publish(ada, at: time)
      publish(bob, at: time)
    }
    #expect(received.pictures.count == TeacherPictures.credit)
    teacher.acknowledge(2)
    #expect(received.pictures.suffix(2).map(\.channel.student) == [ada, bob])
    #expect(received.pictures.suffix(2).map(\.capturedAt) == [109, 109])
    teacher.acknowledge(TeacherPictures.credit)
    #expect(received.pictures.count == TeacherPictures.credit + 2)
  }

  @Test func acknowledgingMoreThanWasSentBuysNothing() {
    let teacher = teacher()
    watchAll(teacher)
    teacher.acknowledge(1_000_000)
    teacher.acknowledge(-5)
    for time in 0..<Int64(100) { publish(ada, at: time) }
    #expect(received.pictures.count == TeacherPictures.credit)
  }

  @Test func theRateOfEachStudentIsBounded() {
    let teacher = teacher(maximumRate: 0.1)
    watchAll(teacher)
    for time in 0..<Int64(5) {
      publish(ada, at: time)
      publish(bob, at: time)
    }
    #expect(received.pictures.count == 2)
  }

  @Test func whoIsWatchedBeforeAndAfterIsNotLetGoInBetween() {
    var changes: [String] = []
    let teacher = teacher()
    watchAll(teacher)
    fanOut.onChange = { [fanOut] channel in
      changes.append("\(channel.student) \(fanOut.wantedRate(of: channel))")
    }
    watchAll(teacher)
    #expect(changes.isEmpty)
    teacher.watch(
      WatchRequest(view: .tile, students: .some([bob]), framesPerSecond: 1_000_000), students: [ada, bob])
    #expect(changes == ["ada 0.0"])
    teacher.watch(
      WatchRequest(view: .tile, students: .some([bob]), framesPerSecond: 2), students: [ada, bob])
    #expect(changes == ["ada 0.0", "bob 2.0"])
    publish(ada, at: 1)
    publish(bob, at: 1)
    #expect(received.pictures.map(\.channel.student) == [bob])
  }

  @Test func onlyWhatIsWatchedComesAndDemandIsKnown() {
    var demand: [String] = []
    fanOut.onChange = { [fanOut] channel in
      demand.append("\(channel.student) \(fanOut.wantedRate(of: channel))")
    }
    let teacher = teacher()
    teacher.watch(
      WatchRequest(view: .tile, students: .some([ada]), framesPerSecond: nil), students: [ada, bob])
    publish(ada, at: 1)
    publish(bob, at: 1)
    publish(ada, at: 1, view: .focus)
    #expect(received.pictures.map(\.channel.student) == [ada])
    #expect(received.pictures.map(\.channel.stream.view) == [.tile])
    teacher.watch(WatchRequest(view: nil, students: .all), students: [ada, bob])
    #expect(demand == ["ada 1000000.0", "ada 0.0"])
    publish(ada, at: 2)
    #expect(received.pictures.count == 1)
  }

  @Test func aStudentWhoComesLaterIsWatchedToo() {
    let teacher = teacher()
    watchAll(teacher)
    let eve = ParticipantID(rawValue: "eve")
    publish(eve, at: 1)
    teacher.studentCame(eve)
    publish(eve, at: 2)
    #expect(received.pictures.map(\.capturedAt) == [2])
  }
}
