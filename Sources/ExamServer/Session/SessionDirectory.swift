import ExamModel
import WebGateway

enum SessionLookup {
  case live(ExamSession)
  /// Its data are still kept.
  case ended(EndReason?)
  /// There never was one, or its data were erased.
  case unknown
}

/// Finds sessions by their codes. It also knows the codes of those that ended, so that no wrong code makes the server
/// read its disk.
@GatewayActor
final class SessionDirectory {
  private let settings: CurrentSettings
  private var sessions: [SessionCode: ExamSession] = [:]
  private var ended: [SessionCode: EndReason?] = [:]
  /// Sessions that are being ended.
  private(set) var ending: [ExamSession] = []

  init(settings: CurrentSettings) { self.settings = settings }

  var live: [ExamSession] { Array(sessions.values) }

  func find(_ code: SessionCode) -> SessionLookup {
    if let session = sessions[code] { return .live(session) }
    if let reason = ended[code] { return .ended(reason) }
    return .unknown
  }

  /// Adds the session that `make` builds under a new code; `nil` if the maximum is reached.
  func add(_ make: (SessionCode) -> ExamSession) -> ExamSession? {
    guard sessions.count < settings.now.maximumSessions else { return nil }
    var code: SessionCode
    repeat {
      code = .random()
    } while sessions[code] != nil || ended.keys.contains(code)
    let session = make(code)
    sessions[code] = session
    return session
  }

  /// Adds a session from before a restart.
  func restore(_ session: ExamSession) { sessions[session.code] = session }

  /// Ends a session; it is no longer found as a running one.
  ///
  /// - Parameter name: of the teacher who ended it, if any.
  func end(_ session: ExamSession, _ reason: EndReason, by name: String?) async {
    // Out of the directory first, so that nobody joins while everybody is being told.
    guard sessions.removeValue(forKey: session.code) != nil else { return await session.commands.settle() }
    ended.updateValue(reason, forKey: session.code)
    ending.append(session)
    await session.end(reason, by: name)
    ending.removeAll { $0 === session }
  }

  /// The session had ended before this server started; its data are kept.
  ///
  /// - Parameter reason: `nil` if the journal does not say.
  func remember(_ code: SessionCode, ended reason: EndReason?) {
    ended.updateValue(reason, forKey: code)
  }

  /// The session's data are erased.
  func forget(_ code: SessionCode) { ended.removeValue(forKey: code) }
}
