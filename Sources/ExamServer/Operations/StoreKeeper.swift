import ExamModel
import GLibRuntime
import Logging
import WebGateway

/// Manages what is kept: resumes sessions after a restart, ends idle ones, erases old ones.
@GatewayActor
struct StoreKeeper {
  private let services: ExamServices
  private let directory: SessionDirectory
  private let clocks: ClockKeeper

  nonisolated init(services: ExamServices, directory: SessionDirectory, clocks: ClockKeeper) {
    self.services = services
    self.directory = directory
    self.clocks = clocks
  }

  private var store: any SessionStore { services.store }
  private var logger: Logger { services.recorder.logger }

  /// Resumes the sessions that were running when the previous server ended, however it ended.
  ///
  /// - Throws: if the store cannot be read.
  func restoreSessions() async throws {
    let downSince = store.lastAlive
    for record in try await store.read(.whole, { try $0.sessions(isLive: nil) }) {
      guard record.endedAt == nil else {
        directory.remember(record.code, ended: record.endReason)
        continue
      }
      let (people, state, bytes) = try await store.read(.whole) { reader in
        var state = ExamState(record.code, bounds: .live)
        var bytes = 0
        try reader.forEachEvent(of: record.code) { event in
          state.apply(event)
          bytes += event.approximateBytes
        }
        return (try reader.participants(of: record.code), state, bytes)
      }
      let session = ExamSession(record, services: services)
      session.restore(people, state, journalBytes: bytes, downSince: downSince)
      directory.restore(session)
    }
    // Frees what reading whole journals left in the heap. Later, with people connected, this would delay everybody.
    Heap.giveBack()
  }

  /// Tells the store every two seconds that the server is alive, until cancelled: if the server is killed, the time
  /// after the last call is a blind spot. Checks the clocks as often.
  func noteAlive() async {
    var trouble: String?
    repeat {
      store.noteAlive(clocks.look(isExamOn: !directory.live.isEmpty))
      let now = store.trouble
      if now != trouble {
        if let now { logger.error("what happens is not kept", metadata: ["cause": "\(now)"]) }
        if now == nil { logger.info("what happens is kept again") }
        trouble = now
      }
    } while (try? await Task.sleep(for: .seconds(2))) != nil
  }

  /// Erases old sessions every hour, until cancelled.
  func sweep() async {
    repeat {
      await eraseOldSessions()
    } while (try? await Task.sleep(for: .seconds(3600))) != nil
  }

  /// Ends sessions that have had no connection for long, until cancelled.
  func endIdleSessions() async {
    var limit: Duration
    repeat {
      limit = .seconds(services.settings.now.sessionIdleHours * 3600)
      for session in directory.live where session.idleTime(at: .now) > limit {
        await directory.end(session, .idle, by: nil)
      }
    } while (try? await Task.sleep(for: min(.seconds(60), limit / 4))) != nil
  }

  private func eraseOldSessions() async {
    let age = services.settings.now.retention
    do {
      for receipt in try await store.eraseSessions(
        endedBefore: clocks.retentionTime.advanced(by: .zero - age))
      {
        directory.forget(receipt.session)
        services.recorder.noteErasure(receipt, by: "retention")
      }
    } catch {
      logger.error("old sessions could not be erased", metadata: ["cause": "\(error)"])
    }
  }
}
