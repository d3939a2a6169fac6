import ExamModel
import WebGateway

/// Finds sessions by their codes. Several machines would agree on where a session lives behind this protocol.
@GatewayActor
protocol SessionDirectory: AnyObject, Sendable {
  func find(_ code: SessionCode) -> SessionLookup
  /// Adds the session that `make` builds under a new code; `nil` when there are as many as may be.
  func add(_ make: (SessionCode) -> ExamSession) -> ExamSession?
  /// The session is over; its code is remembered as that of one that has ended.
  func remove(_ code: SessionCode)
  /// Lets go of what is kept of sessions that ended before `time`.
  ///
  /// - Returns: their codes, which stay taken.
  func forgetEnded(before time: ContinuousClock.Instant) -> [SessionCode]
  var live: [ExamSession] { get }
}

enum SessionLookup {
  case live(ExamSession)
  /// What is kept of it for a while; nothing after that.
  case ended(EndedSession?)
  case unknown
}

/// What its teachers need to read the journal of a session that is over.
struct EndedSession: Sendable {
  let endedAt: ContinuousClock.Instant
  let teacherTokens: Set<SecretHash>
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
  private var recentlyEnded: [SessionCode: EndedSession] = [:]

  init(maximumSessions: Int) { self.maximumSessions = maximumSessions }

  var live: [ExamSession] { Array(sessions.values) }

  func find(_ code: SessionCode) -> SessionLookup {
    if let session = sessions[code] { return .live(session) }
    return ended.contains(code) ? .ended(recentlyEnded[code]) : .unknown
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
    guard let session = sessions.removeValue(forKey: code) else { return }
    recentlyEnded[code] = EndedSession(endedAt: .now, teacherTokens: session.teacherTokens)
    ended.insert(code)
    endedOrder.append(code)
    if endedOrder.count > Self.maximumEnded { ended.remove(endedOrder.removeFirst()) }
  }

  func forgetEnded(before time: ContinuousClock.Instant) -> [SessionCode] {
    let old = recentlyEnded.filter { $0.value.endedAt < time }.map(\.key)
    for code in old { recentlyEnded[code] = nil }
    return old
  }
}
