import ExamModel
import WebGateway

/// What somebody shows who wants to come into an exam.
struct Application {
  let request: HTTPRequest
  let code: SessionCode
  let role: Role
  /// What the link for co-teachers holds.
  let teacherKey: String?
  /// What the link for students holds.
  let invite: String?
}

/// Somebody may come in.
struct Admitted {
  let session: ExamSession
  let role: Role
  /// What newcomers this one is counted among; `nil`: it is not counted.
  let newcomer: Newcomers.Way?
  /// The secret of the link for students, for those who may hand it on.
  let invite: Secret?
}

/// One way into an exam. A further one is a further type, and a line in `Admission`.
@GatewayActor
protocol WayIn {
  /// - Returns: `nil` where this is not the way of who applies.
  func admit(_ application: Application) async throws(Refusal) -> Admitted?
}
