import ExamModel
import WebGateway

/// Students come in with the six digits of the exam. Those who also have the secret of the invite link never wait in line.
struct OpenCode: WayIn {
  let directory: SessionDirectory
  let guesses: GuessBudgets

  func admit(_ application: Application) async throws(Refusal) -> Admitted? {
    guard application.role == .student else { return nil }
    // Hashed whether or not the session exists: a difference in time would reveal it.
    let hash = application.invite.map { SecretHash(Secret(text: $0)) }
    if let hash, case .live(let session) = directory.find(application.code), session.isInvite(hash) {
      return Admitted(session: session, role: .student, newcomer: .byLink, invite: nil)
    }
    let turn = try await guesses.turn(forCode: application.code, application.request)
    let found = directory.find(application.code)
    guard case .live(let session) = found else {
      turn.settle(isRight: false)
      if case .ended(let reason) = found { throw .ended(application.code, reason) }
      throw .unknown(application.code)
    }
    turn.settle(isRight: true)
    return Admitted(session: session, role: .student, newcomer: .typed, invite: nil)
  }
}
