import ExamStore
import Foundation
import Testing

@Suite struct LogFileTests {
  @Test func onlyTheOwnerCanReadFolderAndFile() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log)
    log.append(line: "one")
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
    let lines = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1600)
    #expect(lines.allSatisfy { $0.hasPrefix("task ") && $0.hasSuffix(" end") })
  }

  @Test func afterARotationLinesGoToTheNewFile() throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log)
    log.append(line: "before")
    try FileManager.default.moveItem(atPath: log.path, toPath: log.path + ".1")
    try log.reopen()
    log.append(line: "after")
    #expect(try String(contentsOfFile: log.path, encoding: .utf8) == "after\n")
    #expect(try String(contentsOfFile: log.path + ".1", encoding: .utf8) == "before\n")
  }

  @Test func aFullFileIsRotatedAndNoLineIsLost() async throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 20_000, oldFiles: 40)
    for number in 0..<5000 {
      log.append(line: "line \(number)")
      // Rotation has a thread of its own: let it have its turn.
      if number % 500 == 0 { try await Task.sleep(for: .milliseconds(5)) }
    }
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.data.path).filter {
        $0.hasPrefix("server.log")
      }
    }
    while try !names().contains("server.log.1") { try await Task.sleep(for: .milliseconds(5)) }
    let lines = try names().flatMap {
      try String(contentsOfFile: folder.data.path + "/" + $0, encoding: .utf8).split(separator: "\n")
    }
    #expect(Set(lines).count == 5000 && lines.count == 5000)
    #expect(try folder.permissions(log.path) == 0o600)
  }

  @Test func soManyOldFilesAreKept() async throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 100, oldFiles: 2)
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: log.path + name) }
    func first(_ name: String) -> String {
      String(((try? String(contentsOfFile: log.path + name, encoding: .utf8)) ?? "").prefix(1))
    }
    for letter in ["a", "b", "c", "d"] {
      log.append(line: String(repeating: letter, count: 120))
      while first(".1") != letter || !exists("") { try await Task.sleep(for: .milliseconds(2)) }
      try log.reopen()
    }
    #expect(first(".2") == "c")
    #expect(!exists(".3"))
  }

  @Test func whereItCannotBeRenamedLinesGoOn() async throws {
    let folder = try TestFolder()
    let log = try LogFile(path: folder.data.log, maximumBytes: 100, oldFiles: 1)
    // A folder with something in it cannot be replaced by a file.
    try FileManager.default.createDirectory(
      atPath: log.path + ".1/in the way", withIntermediateDirectories: true)
    for number in 0..<20 { log.append(line: "line \(number)") }
    func text() throws -> String { try String(contentsOfFile: log.path, encoding: .utf8) }
    while try !text().contains("cannot be rotated") { try await Task.sleep(for: .milliseconds(5)) }
    let lines = try text().split(separator: "\n").filter { $0.hasPrefix("line ") }
    #expect(lines.count == 20)
  }

  @Test func aFolderThatCannotBeMadeIsNamed() {
    #expect(throws: DataFolder.PrepareError.self) { try DataFolder(preparing: "/proc/nowhere") }
  }
}
