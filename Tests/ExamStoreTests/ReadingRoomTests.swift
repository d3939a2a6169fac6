import Dispatch
import ExamModel
import Glibc
import Synchronization
import Testing

@testable import ExamStore

/// Only a few read at once, and those that find no place are told.
@Suite(.timeLimit(.minutes(1))) struct ReadingRoomTests {
  /// A gate that stops readers until it is opened, and counts them.
  private final class Door: Sendable {
    private let opened = DispatchSemaphore(value: 0)
    private let counts = Mutex((inside: 0, most: 0, refused: 0))

    func pass() {
      counts.withLock {
        $0.inside += 1
        $0.most = max($0.most, $0.inside)
      }
      opened.wait()
      counts.withLock { $0.inside -= 1 }
    }

    func open(for count: Int) { for _ in 0..<count { opened.signal() } }
    var inside: Int { counts.withLock { $0.inside } }
    var most: Int { counts.withLock { $0.most } }
    var refused: Int { counts.withLock { $0.refused } }
    func refuse() { counts.withLock { $0.refused += 1 } }

    func fill(_ room: ReadingRoom, _ extent: ReadingExtent, until count: Int) async -> Task<Bool, Never> {
      let task = Task { [self] in
        do {
          try await room.run(extent) { self.pass() }
          return true
        } catch { return false }
      }
      while inside < count { await Task.yield() }
      return task
    }
  }

  @Test func twoReadAtOnceAndTheRestWaitInABoundedLine() async throws {
    let room = ReadingRoom()
    let door = Door()
    var tasks = [await door.fill(room, .whole, until: 1), await door.fill(room, .whole, until: 2)]
    // As many more as there are places, and one: the last one is refused at once.
    for _ in 0...ReadingRoom.maximumWaiting {
      tasks.append(
        Task {
          do {
            try await room.run(.whole) { door.pass() }
          } catch let busy as ArchiveBusy {
            #expect(busy.retryAfter > 0)
            door.refuse()
          } catch { Issue.record(error) }
          return true
        })
    }
    while door.refused == 0 { await Task.yield() }
    // Reads in progress are not refused, and a sign-in does not wait for any of them.
    tasks.append(await door.fill(room, .further, until: 2))
    #expect(try await room.run(.lookUp) { 7 } == 7)
    door.open(for: tasks.count)
    for task in tasks { #expect(await task.value) }
    #expect(door.refused == 1)
    #expect(door.most == 2)
  }

  @Test func whoHasBegunGoesOnWhenItClosesToNewcomers() async throws {
    let room = ReadingRoom()
    let door = Door()
    let reading = [await door.fill(room, .whole, until: 1), await door.fill(room, .whole, until: 2)]
    let waiting = await door.fill(room, .whole, until: 2)
    let further = await door.fill(room, .further, until: 2)
    room.closeToNewcomers()
    #expect(await !waiting.value)
    await #expect(throws: ArchiveClosed.self) { try await room.run(.whole) {} }
    await #expect(throws: ArchiveClosed.self) { try await room.run(.lookUp) {} }
    door.open(for: 4)
    for task in reading + [further] { #expect(await task.value) }
    #expect(try await room.run(.further) { 7 } == 7)
  }

  @Test func whoWaitsOrReadsWhenItClosesIsToldAtOnce() async throws {
    let room = ReadingRoom()
    let door = Door()
    let tasks = [
      await door.fill(room, .whole, until: 1), await door.fill(room, .further, until: 2),
      await door.fill(room, .further, until: 2),
    ]
    room.close()
    for task in tasks { #expect(await !task.value) }
    await #expect(throws: ArchiveClosed.self) { try await room.run(.further) {} }
    #expect(door.inside == 2)
    door.open(for: 3)
  }

  @Test func readersYieldToThoseWhoMustBeOnTime() async throws {
    let room = ReadingRoom()
    let usual = niceness()
    for extent in [ReadingExtent.whole, .lookUp] {
      #expect(try await room.run(extent) { niceness() } == min(19, usual + 10))
    }
  }
}

/// Of the calling thread.
private func niceness() -> Int32 { getpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0) }
