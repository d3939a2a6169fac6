import ExamModel
import Synchronization
import Testing

@testable import ExamStore

@Suite struct PictureRoomTests {
  private static let three = SessionCode("000003")!

  private static func room(
    _ exam: (Int, Int), _ all: (Int, Int), report: @escaping @Sendable (String) -> Void = { _ in }
  ) -> PictureRoom {
    PictureRoom(
      PictureQuota(
        exam: .init(pictures: exam.0, bytes: exam.1), all: .init(pictures: all.0, bytes: all.1)),
      report: report)
  }

  @Test func numberAndBytesAreBounds() {
    let few = Self.room((2, 1000), (10, 1000))
    #expect([1, 1, 1].map { few.take($0, for: .one) } == [.kept, .kept, .examFull])
    let small = Self.room((10, 100), (10, 151))
    #expect([60, 41, 1].map { small.take($0, for: .one) } == [.kept, .examFull, .examFull])
    #expect([90, 91].map { small.take($0, for: .two) } == [.kept, .examFull])
    #expect(small.take(1, for: Self.three) == .kept)
  }

  @Test func allTogetherAreBounded() {
    let room = Self.room((10, 1000), (3, 1000))
    for _ in 0..<3 { #expect(room.take(1, for: .one) == .kept) }
    #expect(room.take(1, for: .two) == .serverFull)
    #expect(room.level(of: .one) == (.roomy, .full))
    room.clear(.one)
    #expect(room.level(of: .two) == (.roomy, .roomy))
    #expect(room.take(1, for: .two) == .kept)
  }

  @Test func warnsFromFourFifthsOnAndReportsOnceWhatIsFull() {
    let lines = Mutex<[String]>([])
    let room = Self.room((5, 1000), (100, 1000)) { line in lines.withLock { $0.append(line) } }
    for _ in 0..<3 { _ = room.take(1, for: .one) }
    #expect(room.level(of: .one) == (.roomy, .roomy))
    _ = room.take(1, for: .one)
    #expect(room.level(of: .one) == (.nearlyFull, .roomy))
    for _ in 0..<3 { _ = room.take(1, for: .one) }
    #expect(room.level(of: .one) == (.full, .roomy))
    #expect(lines.withLock { $0.count } == 1)
    #expect(lines.withLock { $0.first?.contains("maximum_exam_pictures") } == true)
  }

  /// A picture may wait for the disk while its session is erased, and be released after that.
  @Test func whatWasErasedIsGivenBackOnce() {
    let room = Self.room((10, 1000), (3, 1000))
    _ = room.take(1, for: .two)
    _ = room.take(1, for: .one)
    room.giveBack(1, of: .one)
    _ = room.take(1, for: .one)
    room.clear(.one)
    room.giveBack(1, of: .one)
    #expect((0..<3).map { _ in room.take(1, for: .one) } == [.kept, .kept, .serverFull])
  }
}
