import ExamModel
import WebGateway

/// Further teachers come in with the key of the exam. A wrong code and a wrong key get the same answer.
struct TeacherKey: WayIn {
  let directory: SessionDirectory

  func admit(_ application: Application) async throws(Refusal) -> Admitted? {
    guard application.role == .teacher else { return nil }
    let beginning = Instant.now
    let key = application.teacherKey ?? ""
    if case .live(let session) = directory.find(application.code), session.isTeacherKey(key) {
      return Admitted(session: session, role: .teacher, newcomer: nil, invite: session.invite(forKey: key))
    }
    try? await Task.sleep(until: beginning + Admission.refusalTime)
    throw Refusal(
      status: 403, title: "Teacher key wrong",
      detail:
        "To join as a teacher, use the link for co-teachers that the session's teacher has. It is good for as long as the session is on.",
      code: "wrong_key")
  }
}
