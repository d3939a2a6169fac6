import Foundation
import Testing

/// Checks that nothing on the gateway's thread, which serves every socket, waits for the store.
@Suite struct GatewayThreadTests {
  private static func source(_ path: String) throws -> String {
    try String(contentsOf: ImportTableTests.root.appending(path: "Sources/" + path), encoding: .utf8)
  }

  private static func files(_ target: String) throws -> [(name: String, text: String)] {
    try ImportTableTests.swiftFiles(below: ImportTableTests.root.appending(path: "Sources/\(target)")).map {
      ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
    }
  }

  /// The declarations of the protocol `name`.
  private static func functions(of name: String) throws -> [String] {
    let text = try source("ExamModel/Journal/SessionStore.swift")
    let start = try #require(text.range(of: "public protocol \(name)"))
    let end = try #require(text[start.upperBound...].range(of: "\n}\n"))
    let body = text[start.upperBound..<end.lowerBound]
    return body.components(separatedBy: "  func ").dropFirst().map { $0.replacing("\n", with: " ") }
  }

  /// What a session's store offers to everybody either never fails or is called with `await`. Reads that block and may
  /// fail are only available to closures that the archive runs on threads of its own, which belong to no actor.
  @Test func whatEverybodyMayCallBlocksNobody() throws {
    let journal = try Self.functions(of: "Journal")
    let archive = try Self.functions(of: "Archive")
    #expect(journal.count >= 4 && archive.count >= 3)
    for function in journal { #expect(!function.contains("throws"), "\(function)") }
    #expect(try #require(journal.first { $0.hasPrefix("append") }).contains("async"))
    for function in archive { #expect(function.contains("async throws"), "\(function)") }
    let read = try #require(archive.first { $0.hasPrefix("read") })
    #expect(read.contains("@escaping @Sendable (any ArchiveReader) throws -> Value"))
  }

  /// A reader, which reads on the calling thread, is only lent and cannot be passed to another thread, so not to the
  /// gateway's; and no type of the gateway's actor has one.
  @Test func noTypeOfTheGatewaysActorHasAReader() throws {
    let text = try Self.source("ExamModel/Journal/SessionStore.swift")
    #expect(text.contains("public protocol ArchiveReader {"))
    var seen = 0
    for (name, text) in try Self.files("ExamServer") where text.contains("@GatewayActor") {
      seen += 1
      let rest = text.replacing("@Sendable (any ArchiveReader", with: "")
      #expect(!rest.contains("ArchiveReader"), "\(name) has what reads the store on its own thread")
    }
    #expect(seen > 10)
  }

  /// Disks are accessed by types that belong to no actor, on threads of their own.
  @Test func noTypeOfTheGatewaysActorCallsTheDisk() throws {
    let calls =
      /(?:^|[^.\w]|Glibc\.)(?:open|opendir|readdir|[lf]?stat|realpath|rename|unlink|f?sync|mkdir)\(|FileManager|FileHandle|\(contentsOf:|contentsOfFile/
    var seen = 0
    for target in ["ExamServer", "WebGateway"] {
      for (name, text) in try Self.files(target) where text.contains("@GatewayActor") {
        seen += 1
        for line in text.split(separator: "\n")
        where line.contains(calls) && !line.contains("func ") && !line.contains("append(contentsOf:") {
          Issue.record("\(name) may wait for a disk: \(line)")
        }
      }
    }
    #expect(seen > 40)
  }

  /// Only code that opens a database could bypass the archive.
  @Test func theDatabaseIsOpenedInTwoPlaces() throws {
    let files = try Self.files("ExamServer") + Self.files("exam-monitoring")
    let openers = files.filter { $0.text.contains("SQLiteStore(") }.map(\.name)
    #expect(Set(openers) == ["ExamService.swift", "ReportCommand.swift"])
    for (name, text) in files where text.contains("SQLiteReader") {
      Issue.record("\(name) reads past the archive")
    }
    // And what is internal to the store is not public.
    for (name, text) in try Self.files("ExamStore")
    where ["SQLiteReader.swift", "StoreEraser.swift"].contains(name) {
      #expect(!text.contains("public "), "\(name)")
    }
    #expect(!(try Self.source("ExamStore/SQLiteStore.swift")).contains("public let reader"))
  }
}
