import ExamModel
import FaceCheck
import Foundation
import MediaPipeline
import Synchronization
import Testing
import WebGateway

@testable import ExamServer

/// What people are told of the server's own problems: that they exist, and nothing about its files.
@Suite struct RefusalTests {
  private struct Unreadable: Error, CustomStringConvertible {
    let description = "/srv/exam/data/exam.sqlite: disk I/O error"
  }

  private struct Broken: Archive {
    let error: any Error
    var lastAlive: Timestamp? { nil }
    var clocks: ClockRecord? { nil }
    func read<Value: Sendable>(
      _ extent: ReadingExtent, _ body: @escaping @Sendable (any ArchiveReader) throws -> Value
    ) async throws -> Value { throw error }
    func erase(_ session: SessionCode, reason: ErasureReceipt.Reason) async throws -> ErasureReceipt? {
      throw error
    }
    func eraseSessions(endedBefore time: Timestamp) async throws -> [ErasureReceipt] { throw error }
  }

  private func text(_ refusal: Refusal) -> String {
    guard case .bytes(let bytes) = refusal.response.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func whatCannotBeReadIsToldToTheLogAlone() async {
    let lines = Mutex<[String]>([])
    let archive = NotedArchive(Broken(error: Unreadable())) { line in lines.withLock { $0.append(line) } }
    for _ in 0..<10 {
      do {
        _ = try await archive.reading(.whole) { _ in 1 }
        Issue.record("nothing was thrown")
      } catch {
        #expect(error.response.status == 503 && !text(error).contains("/srv"))
      }
    }
    // A client that asks in a loop does not fill the log.
    #expect(lines.withLock { $0 } == ["what is kept cannot be read or erased: \(Unreadable())"])
    let busy = NotedArchive(Broken(error: ArchiveBusy(retryAfter: 5, "many read"))) { line in
      lines.withLock { $0.append(line) }
    }
    _ = try? await busy.erase(SessionCode("123456")!, reason: .request)
    #expect(lines.withLock { $0.count } == 1)
  }

  @Test func aPictureThatNoDecoderHasHadIsNotCalledDamaged() {
    func said(_ change: (inout PipelineStatistics) -> Void) -> String {
      var statistics = PipelineStatistics()
      statistics.accepted = 1
      change(&statistics)
      return PreviewRoute.Outcome(undecodedAfter: statistics).map { "\($0)" } ?? "nothing"
    }
    #expect(said { $0.pending = 1 } == "waitedInVain")
    #expect(said { _ in } == "waitedInVain")
    #expect(said { $0.submitted = 1 }.hasPrefix("unusable"))
    #expect(
      said {
        $0.submitted = 1
        $0.analysisPictures = 1
      } == "nothing")
  }

  @Test func seatsAreCounted() {
    var seats = PictureSeats()
    let (ada, bert) = (ParticipantID(rawValue: "ada"), ParticipantID(rawValue: "bert"))
    func sits(_ who: ParticipantID) -> Bool { seats.take(who, most: 4) }
    #expect((0..<10).filter { _ in sits(ada) }.count == 4)
    #expect(sits(bert))
    seats.leave(ada)
    #expect(sits(ada))
    #expect(!sits(ada))
  }
}
