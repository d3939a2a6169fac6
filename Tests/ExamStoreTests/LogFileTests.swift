import Dispatch
import ExamStore
import Foundation
import Synchronization
import Testing

@Suite struct LogFileTests {
  @Test func onlyTheOwnerCanReadFolderAndFile() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log)
    log.append(line: "one")
    #expect(log.flush(within: .seconds(10)))
    #expect(try folder.permissions(folder.data.path) == 0o700)
    #expect(try folder.permissions(log.path) == 0o600)
  }

  @Test func linesFromManyThreadsStayWhole() async throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log)
    await withTaskGroup { group in
      for task in 0..<8 {
        group.addTask { for line in 0..<200 { log.append(line: "task \(task) line \(line) end") } }
      }
    }
    #expect(log.flush(within: .seconds(10)))
    let lines = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1600)
    #expect(lines.allSatisfy { $0.hasPrefix("task ") && $0.hasSuffix(" end") })
  }

  @Test func afterARotationLinesGoToTheNewFile() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log)
    log.append(line: "before")
    #expect(log.flush(within: .seconds(10)))
    try FileManager.default.moveItem(atPath: log.path, toPath: log.path + ".1")
    log.append(line: "between")
    log.reopen()
    #expect(log.flush(within: .seconds(10)))
    log.append(line: "after")
    #expect(log.flush(within: .seconds(10)))
    #expect(try String(contentsOfFile: log.path, encoding: .utf8) == "after\n")
    #expect(try String(contentsOfFile: log.path + ".1", encoding: .utf8) == "before\nbetween\n")
  }

  @Test func aFullFileIsRotatedAndNoLineIsLost() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 20_000, oldFiles: 40)
    for number in 0..<5000 { log.append(line: "line \(number)") }
    #expect(log.flush(within: .seconds(10)))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.data.path).filter {
      $0.hasPrefix("server.log")
    }
    #expect(names.contains("server.log.1"))
    let lines = try names.flatMap {
      try String(contentsOfFile: folder.data.path + "/" + $0, encoding: .utf8).split(separator: "\n")
    }
    #expect(Set(lines).count == 5000 && lines.count == 5000)
    #expect(try folder.permissions(log.path) == 0o600)
  }

  @Test func soManyOldFilesAreKept() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 100, oldFiles: 2)
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: log.path + name) }
    func first(_ name: String) -> String {
      String(((try? String(contentsOfFile: log.path + name, encoding: .utf8)) ?? "").prefix(1))
    }
    for letter in ["a", "b", "c", "d"] {
      log.append(line: String(repeating: letter, count: 120))
    }
    #expect(log.flush(within: .seconds(10)))
    #expect(first(".1") == "d")
    #expect(first(".2") == "c")
    #expect(!exists(".3"))
  }

  @Test func whereItCannotBeRenamedLinesGoOn() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 100, oldFiles: 1)
    // A folder with something in it cannot be replaced by a file.
    try FileManager.default.createDirectory(
      atPath: log.path + ".1/in the way", withIntermediateDirectories: true)
    for number in 0..<20 { log.append(line: "line \(number)") }
    #expect(log.flush(within: .seconds(10)))
    let lines = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("line ") } == 20)
    #expect(lines.contains { $0.contains("cannot be rotated") })
  }

  /// It is retried after a tenth of the maximum file size, so that the log is not full of such lines.
  @Test func thatItCannotBeRenamedIsToldNowAndThen() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 10_000, oldFiles: 1)
    try FileManager.default.createDirectory(
      atPath: log.path + ".1/in the way", withIntermediateDirectories: true)
    for _ in 0..<200 { log.append(line: String(repeating: "x", count: 99)) }
    #expect(log.flush(within: .seconds(10)))
    let told = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n").count {
      $0.contains("cannot be rotated")
    }
    #expect((1...11).contains(told))
  }

  @Test func whatAToolHasPutInItsPlaceIsNotMoved() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 100)
    log.append(line: "before")
    #expect(log.flush(within: .seconds(10)))
    try FileManager.default.moveItem(atPath: log.path, toPath: log.path + ".old")
    try Data("theirs\n".utf8).write(to: URL(filePath: log.path))
    log.append(line: String(repeating: "x", count: 120))
    log.append(line: "after")
    #expect(log.flush(within: .seconds(10)))
    #expect(!FileManager.default.fileExists(atPath: log.path + ".1"))
    #expect(try String(contentsOfFile: log.path, encoding: .utf8) == "theirs\nafter\n")
  }

  /// A pipe that nobody reads simulates a disk that hangs: it takes 64 KB, and then a write does not return.
  @Test(.timeLimit(.minutes(1))) func whereTheDiskHangsNobodyWaitsAndWhatIsLostIsCounted() throws {
    let folder = try TestFolder()
    #expect(mkfifo(folder.data.log, 0o600) == 0)
    let reader = open(folder.data.log, O_RDWR | O_CLOEXEC)
    defer { close(reader) }
    let log = try LogFile(path: folder.data.log)
    let start = ContinuousClock.now
    for number in 0..<30_000 { log.append(line: "line \(number)") }
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(!log.flush(within: .milliseconds(50)))

    var rest: [UInt8] = []
    var kept: [Int] = []
    var lost = 0
    while kept.count + lost < 30_000 {
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = read(reader, &piece, piece.count)
      rest += piece.prefix(max(0, count))
      guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      let lines = String(decoding: rest[...end], as: UTF8.self).split(separator: "\n")
      rest.removeSubrange(...end)
      for line in lines {
        if line.hasPrefix("line ") {
          kept.append(Int(line.dropFirst(5))!)
        } else if let note = line.firstMatch(of: /warning (\d+) lines are missing before this one: more came/)
        {
          lost += Int(note.1)!
        }
      }
    }
    #expect(kept.count >= LineWriter.maximumLines && lost > 0 && kept.count + lost == 30_000)
    #expect(kept == kept.sorted())
    // And from now on lines are written again.
    log.append(line: "on we go")
    #expect(log.flush(within: .seconds(10)))
  }

  @Test func whatADiskDoesNotTakeIsCountedOnce() throws {
    let writes = Mutex<(isFull: Bool, lines: [String])>((true, []))
    let writer = LineWriter { line in
      writes.withLock {
        if !$0.isFull { $0.lines.append(line) }
        return $0.isFull ? "no space" : nil
      }
    }
    for line in ["1", "2", "3"] { writer.append(line) }
    #expect(writer.flush(within: .seconds(10)))
    writes.withLock { $0.isFull = false }
    for line in ["4", "5"] {
      writer.append(line)
      #expect(writer.flush(within: .seconds(10)))
    }
    let lines = writes.withLock { $0.lines }
    #expect(lines.count == 3 && lines.first == "4" && lines.last == "5")
    #expect(lines[1].hasSuffix(" warning 3 lines are missing before this one: no space"))
  }

  /// A full non-blocking pipe simulates a full disk, possibly in the middle of a line.
  @Test func afterALineThatWasCutTheNextOneIsWhole() throws {
    let folder = try TestFolder()
    #expect(mkfifo(folder.data.log, 0o600) == 0)
    let reader = open(folder.data.log, O_RDWR | O_CLOEXEC | O_NONBLOCK)
    defer { close(reader) }
    let log = try LogFile(path: folder.data.log)
    for descriptor in Int32(0)..<1024 where descriptor != reader {
      var (one, other) = (stat(), stat())
      guard fstat(descriptor, &one) == 0, fstat(reader, &other) == 0, one.st_ino == other.st_ino else {
        continue
      }
      #expect(fcntl(descriptor, F_SETFL, O_WRONLY | O_NONBLOCK) == 0)
    }
    let line = String(repeating: "x", count: 9000)
    for _ in 0..<20 { log.append(line: line) }
    #expect(log.flush(within: .seconds(10)))
    var text = ""
    func drain() {
      var piece = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(reader, &piece, piece.count)
        guard count > 0 else { return }
        text += String(decoding: piece.prefix(count), as: UTF8.self)
      }
    }
    drain()
    log.append(line: "next")
    #expect(log.flush(within: .seconds(10)))
    drain()
    let lines = text.split(separator: "\n")
    let kept = lines.count { $0 == line }
    let cut = lines.count { $0.allSatisfy { $0 == "x" } && $0 != line }
    let notes = lines.compactMap {
      $0.firstMatch(
        of: /Z warning (\d+) lines are missing before this one: Resource temporarily unavailable$/)
    }
    #expect(kept > 0 && cut > 0 && lines.contains("next"))
    #expect(lines.count == kept + cut + notes.count + 1)
    #expect(notes.reduce(kept) { $0 + Int($1.1)! } == 20)
  }

  @Test func bytesAreBoundedToo() throws {
    let isHung = DispatchSemaphore(value: 0)
    let written = Mutex<[String]>([])
    let writer = LineWriter { line in
      if line == "first" { isHung.wait() }
      written.withLock { $0.append(line) }
      return nil
    }
    writer.append("first")
    let line = String(repeating: "x", count: LineWriter.maximumBytes / 4)
    // The first one may already be in progress.
    for _ in 0..<10 { writer.append(line) }
    isHung.signal()
    #expect(writer.flush(within: .seconds(10)))
    writer.append("last")
    #expect(writer.flush(within: .seconds(10)))
    let kept = written.withLock { $0 }
    #expect((3...4).contains(kept.count { $0 == line }) && kept.last == "last")
    #expect(kept.contains { $0.contains("\(10 - kept.count { $0 == line }) lines are missing") })
  }

  @Test func aFolderThatCannotBeMadeIsNamed() {
    #expect(throws: StoreError.self) { try DataFolder(preparing: "/proc/nowhere") }
  }
}
