import ExamStore
import Foundation
import Testing

@Suite struct LogFileTests {
  private func temporaryFolder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "exam-store-\(UUID())").path
    return try DataFolder(preparing: path).path
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func onlyTheOwnerCanReadFolderAndFile() throws {
    let folder = try temporaryFolder()
    let log = try LogFile(path: folder + "/server.log")
    log.append(line: "one")
    #expect(try permissions(folder) == 0o700)
    #expect(try permissions(log.path) == 0o600)
  }

  @Test func linesFromManyThreadsStayWhole() async throws {
    let log = try LogFile(path: temporaryFolder() + "/server.log")
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
    let log = try LogFile(path: temporaryFolder() + "/server.log")
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
