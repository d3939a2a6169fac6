import ExamModel
import WebGateway

/// Finds sessions by their codes. Several machines would agree on where a session lives behind this protocol.
@GatewayActor
protocol SessionDirectory: AnyObject, Sendable {
  /// - Throws: when what is kept cannot be read.
  func find(_ code: SessionCode) throws -> SessionLookup
  /// Adds the session that `make` builds under a new code; `nil` when there are as many as may be.
  ///
  /// - Throws: when what is kept cannot be read.
  func add(_ make: (SessionCode) -> ExamSession) throws -> ExamSession?
  /// Adds a session that was there before a restart.
  func restore(_ session: ExamSession)
  /// The session is over.
  func remove(_ code: SessionCode)
  var live: [ExamSession] { get }
}

enum SessionLookup {
  case live(ExamSession)
  /// Its data are still kept.
  case ended(SessionRecord)
  /// There never was one, or its data were erased.
  case unknown
}

/// The directory of a single process.
@GatewayActor
final class LocalSessionDirectory: SessionDirectory {
  private let maximumSessions: Int
  private let store: any SessionStore
  private var sessions: [SessionCode: ExamSession] = [:]

  init(maximumSessions: Int, store: any SessionStore) {
    self.maximumSessions = maximumSessions
    self.store = store
  }

  var live: [ExamSession] { Array(sessions.values) }

  func find(_ code: SessionCode) throws -> SessionLookup {
    if let session = sessions[code] { return .live(session) }
    return try store.session(code).map { .ended($0) } ?? .unknown
  }

  func add(_ make: (SessionCode) -> ExamSession) throws -> ExamSession? {
    guard sessions.count < maximumSessions else { return nil }
    var generator = SystemRandomNumberGenerator()
    var code: SessionCode
    repeat {
      code = .random(using: &generator)
    } while try sessions[code] != nil || store.session(code) != nil
    let session = make(code)
    sessions[code] = session
    return session
  }

  func restore(_ session: ExamSession) { sessions[session.code] = session }

  func remove(_ code: SessionCode) { sessions[code] = nil }
}
