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

  @Test func aFolderThatCannotBeMadeIsNamed() {
    #expect(throws: DataFolder.PrepareError.self) { try DataFolder(preparing: "/proc/nowhere") }
  }
}
