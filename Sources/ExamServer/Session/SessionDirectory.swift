import ExamModel
import WebGateway

/// Finds sessions by their codes. Several machines would agree on where a session lives behind this protocol.
@GatewayActor
protocol SessionDirectory: AnyObject, Sendable {
  func find(_ code: SessionCode) -> SessionLookup
  /// Adds the session that `make` builds under a new code; `nil` when there are as many as may be.
  func add(_ make: (SessionCode) -> ExamSession) -> ExamSession?
  /// Forgets the session; its code is remembered as that of one that has ended.
  func remove(_ code: SessionCode)
  var live: [ExamSession] { get }
}

enum SessionLookup {
  case live(ExamSession)
  case ended
  case unknown
}

/// The directory of a single process.
@GatewayActor
final class LocalSessionDirectory: SessionDirectory {
  /// Codes of ended sessions that are remembered and so not given out again.
  private static let maximumEnded = 10_000

  private let maximumSessions: Int
  private var sessions: [SessionCode: ExamSession] = [:]
  private var ended: Set<SessionCode> = []
  private var endedOrder: [SessionCode] = []

  init(maximumSessions: Int) { self.maximumSessions = maximumSessions }

  var live: [ExamSession] { Array(sessions.values) }

  func find(_ code: SessionCode) -> SessionLookup {
    if let session = sessions[code] { return .live(session) }
    return ended.contains(code) ? .ended : .unknown
  }

  func add(_ make: (SessionCode) -> ExamSession) -> ExamSession? {
    guard sessions.count < maximumSessions else { return nil }
    var generator = SystemRandomNumberGenerator()
    var code: SessionCode
    repeat { code = .random(using: &generator) } while sessions[code] != nil || ended.contains(code)
    let session = make(code)
    sessions[code] = session
    return session
  }

  func remove(_ code: SessionCode) {
    guard sessions.removeValue(forKey: code) != nil else { return }
    ended.insert(code)
    endedOrder.append(code)
    if endedOrder.count > Self.maximumEnded { ended.remove(endedOrder.removeFirst()) }
  }
}
