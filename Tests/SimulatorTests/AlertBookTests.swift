import Testing

@testable import Simulator

@Suite struct AlertBookTests {
  @Test func measuresFromOnsetToAlert() {
    var book = AlertBook()
    book.began(.dark, student: "a", at: 5)
    book.confirmed("camera_covered", student: "a", behaviour: .dark, at: 7.5)
    // The same alert again, in another state.
    book.confirmed("camera_covered", student: "a", behaviour: .dark, at: 8)
    book.ended(student: "a")
    #expect(book.delays == ["camera_covered": [2.5]])
    #expect(book.missed.isEmpty && book.falseAlerts.isEmpty)
  }

  @Test func missesWhatDoesNotComeInTime() {
    var book = AlertBook()
    book.began(.absent, student: "a", at: 5)
    book.ended(student: "a")
    #expect(book.missed == ["face_missing": 1])
    // Late, but still not a false one.
    book.confirmed("face_missing", student: "a", behaviour: .absent, at: 26)
    #expect(book.falseAlerts.isEmpty && book.delays.isEmpty)
  }

  @Test(arguments: [
    ("face_missing", Behaviour.ordinary), ("face_missing", .frozen), ("video_stopped", .dark),
    ("face_missing", .reconnecting),
  ])
  func takesWhatNothingExplainsForFalse(kind: String, behaviour: Behaviour) {
    var book = AlertBook()
    book.began(behaviour, student: "a", at: 5)
    book.confirmed(kind, student: "a", behaviour: behaviour, at: 9)
    #expect(book.falseAlerts == [AlertBook.FalseAlert(student: "a", kind: kind, at: 9)])
  }

  @Test func anAlertBeforeItsCauseIsFalse() {
    var book = AlertBook()
    book.confirmed("picture_frozen", student: "a", behaviour: .frozen, at: 2)
    #expect(book.falseAlerts.count == 1)
  }

  @Test func aConnectionThatIsLostOnPurposeMayBeTold() {
    var book = AlertBook()
    book.confirmed("video_stopped", student: "a", behaviour: .reconnecting, at: 9)
    #expect(book.falseAlerts.isEmpty)
  }

  @Test func specialBehaviourComesAndGoes() {
    let schedule = BehaviourSchedule(index: 0)
    #expect(schedule.occurrence(at: schedule.first - 0.01) == nil)
    #expect(schedule.occurrence(at: schedule.first) == 0)
    #expect(schedule.occurrence(at: schedule.first + BehaviourSchedule.on) == nil)
    let period = BehaviourSchedule.on + BehaviourSchedule.off
    #expect(schedule.occurrence(at: schedule.first + period + 1) == 1)
  }
}
