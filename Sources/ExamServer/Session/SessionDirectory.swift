import ExamModel
import WebGateway

/// Finds sessions by their codes. Several machines would agree on where a session lives behind this protocol.
@GatewayActor
protocol SessionDirectory: AnyObject, Sendable {
  func find(_ code: SessionCode) -> SessionLookup
  /// Adds the session that `make` builds under a new code; `nil` if the maximum is reached.
  func add(_ make: (SessionCode) -> ExamSession) -> ExamSession?
  /// Adds a session from before a restart.
  func restore(_ session: ExamSession)
  /// Ends a session; it is no longer found as a running one.
  ///
  /// - Parameter name: of the teacher who ended it, if any.
  func end(_ session: ExamSession, _ reason: EndReason, by name: String?) async
  /// Sessions that are being ended.
  var ending: [ExamSession] { get }
  /// The session had ended before this server started; its data are kept.
  ///
  /// - Parameter reason: `nil` if the journal does not say.
  func remember(_ code: SessionCode, ended reason: EndReason?)
  /// The session's data are erased.
  func forget(_ code: SessionCode)
  var live: [ExamSession] { get }
}

enum SessionLookup {
  case live(ExamSession)
  /// Its data are still kept.
  case ended(EndReason?)
  /// There never was one, or its data were erased.
  case unknown
}

/// The directory of a single process. It also knows the codes of sessions that ended, so that no wrong code makes the
/// server read its disk.
@GatewayActor
final class LocalSessionDirectory: SessionDirectory {
  private let maximumSessions: Int
  private var sessions: [SessionCode: ExamSession] = [:]
  private var ended: [SessionCode: EndReason?] = [:]
  private(set) var ending: [ExamSession] = []

  init(maximumSessions: Int) { self.maximumSessions = maximumSessions }

  var live: [ExamSession] { Array(sessions.values) }

  func find(_ code: SessionCode) -> SessionLookup {
    if let session = sessions[code] { return .live(session) }
    if let reason = ended[code] { return .ended(reason) }
    return .unknown
  }

  func add(_ make: (SessionCode) -> ExamSession) -> ExamSession? {
    guard sessions.count < maximumSessions else { return nil }
    var generator = SystemRandomNumberGenerator()
    var code: SessionCode
    repeat {
      code = .random(using: &generator)
    } while sessions[code] != nil || ended.keys.contains(code)
    let session = make(code)
    sessions[code] = session
    return session
  }

  func restore(_ session: ExamSession) { sessions[session.code] = session }

  func end(_ session: ExamSession, _ reason: EndReason, by name: String?) async {
    // Out of the directory first, so that nobody joins while everybody is being told.
    guard sessions.removeValue(forKey: session.code) != nil else { return await session.commands.settle() }
    ended.updateValue(reason, forKey: session.code)
    ending.append(session)
    await session.end(reason, by: name)
    ending.removeAll { $0 === session }
  }

  func remember(_ code: SessionCode, ended reason: EndReason?) {
    ended.updateValue(reason, forKey: code)
  }

  func forget(_ code: SessionCode) { ended.removeValue(forKey: code) }
}
