import Foundation
import GLibRuntime
import Synchronization
import Testing

@testable import WebGateway

@Suite struct PageFolderTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(
      at: folder.appending(path: "js/deep"), withIntermediateDirectories: true)
    try write("index.html", "page")
    try write("js/deep/app.js", "let a")
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  private func text(_ pages: PageFolder, _ name: String) -> String? {
    pages[name].map { $0.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
  }

  private func until(_ isSo: () -> Bool) async throws {
    while !isSo() { try await Task.sleep(for: .milliseconds(20)) }
  }

  @Test(.timeLimit(.minutes(1))) func whatIsNewChangedOrGoneIsSeen() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let pages = try PageFolder(folder.path) { Issue.record("\($0)") }
    #expect(text(pages, "js/deep/app.js") == "let a" && pages.has("index.html"))
    let tag = pages["js/deep/app.js"]?.tag
    try write("js/deep/app.js", "let b")
    try write("js/new.js", "new")
    try FileManager.default.removeItem(at: folder.appending(path: "index.html"))
    try await until { text(pages, "js/new.js") == "new" && !pages.has("index.html") }
    try await until { text(pages, "js/deep/app.js") == "let b" }
    #expect(pages["js/deep/app.js"]?.tag != tag)
  }

  @Test func linksLeadToFilesInTheFolderAlone() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "start.html").path, withDestinationPath: "index.html")
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "circle").path, withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "names.txt").path, withDestinationPath: "/etc/passwd")
    let pages = try PageFolder(folder.path) { _ in }
    #expect(text(pages, "start.html") == "page")
    #expect(!pages.has("circle/index.html") && !pages.has("names.txt"))
  }

  @Test(.timeLimit(.minutes(1))) func whatTheSystemHasInstalledIsServedBeside() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let library = FileManager.default.temporaryDirectory.appending(path: "library-\(UUID().uuidString).js")
    try Data("old".utf8).write(to: library)
    let pages = try PageFolder(
      folder.path, libraries: ["lib/a.js": library.path, "lib/b.js": "/nowhere/b.js"]
    ) { Issue.record("\($0)") }
    #expect(text(pages, "lib/a.js") == "old" && pages["lib/a.js"]?.type.contains("javascript") == true)
    #expect(!pages.has("lib/b.js"))
    try Data("another".utf8).write(to: library)
    try await until { text(pages, "lib/a.js") == "another" }
    // A package that is being upgraded is missing for a moment.
    try FileManager.default.removeItem(at: library)
    try write("seen.txt", "")
    try await until { pages.has("seen.txt") }
    #expect(text(pages, "lib/a.js") == "another")
  }

  @Test(.timeLimit(.minutes(1))) func aDiskThatIsAwayTakesNoPageAway() async throws {
    let problems = Mutex<[String]>([])
    let pages = try PageFolder(folder.path) { problem in problems.withLock { $0.append(problem) } }
    try FileManager.default.removeItem(at: folder)
    try await until { problems.withLock { !$0.isEmpty } }
    #expect(text(pages, "index.html") == "page" && text(pages, "js/deep/app.js") == "let a")
    #expect(
      problems.withLock { $0 } == [
        "\(folder.path) cannot be read: No such file or directory; the pages stay as they were"
      ])
    // And once it is back, everything continues.
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("index.html", "back")
    try await until { text(pages, "index.html") == "back" }
    #expect(!pages.has("js/deep/app.js") && problems.withLock { $0.count } == 1)
  }

  @Test(arguments: [
    // Files with this many MiB each.
    [17], [15, 15, 15, 15, 15],
  ])
  func bytesAreBounded(sizes: [Int]) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for (number, size) in sizes.enumerated() {
      let path = folder.appending(path: "\(number).txt").path
      #expect(FileManager.default.createFile(atPath: path, contents: nil) && truncate(path, size << 20) == 0)
    }
    let error = #expect(throws: PageFolder.ReadError.self) { try PageFolder(folder.path) { _ in } }
    #expect(error?.description.contains("64 MiB in all and 16 MiB each") == true)
  }

  @Test func filesAndDepthAreBounded() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let deep = folder.appending(path: "1/2/3/4/5/6/7/8/9")
    try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
    #expect(throws: PageFolder.ReadError.self) { try PageFolder(folder.path) { _ in } }
    try FileManager.default.removeItem(at: deep)
    _ = try PageFolder(folder.path) { _ in }
    // Giving `/` by mistake does not mean waiting for the whole disk.
    for number in 0..<1000 { try write("\(number).odd", "") }
    #expect(throws: PageFolder.ReadError.self) { try PageFolder(folder.path) { _ in } }
  }
}
