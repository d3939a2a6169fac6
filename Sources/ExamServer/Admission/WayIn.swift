import ExamModel
import WebGateway

/// The credentials shown by somebody who wants to come into an exam.
struct Application {
  let request: HTTPRequest
  let code: SessionCode
  let role: Role
  /// The secret of the link for students.
  let invite: String?
  let teacherKey: String?
}

/// Permission to come in.
struct Admitted {
  let session: ExamSession
  let role: Role
  /// The category of newcomers this one is counted in; `nil`: not counted.
  let newcomer: Newcomers.Way?
  /// The secret of the link for students, for those who may pass it on.
  let invite: Secret?
}

/// One way into an exam. Another one is another type, and a line in `Admission`.
@GatewayActor
protocol WayIn {
  /// - Returns: `nil` if the applicant does not use this way.
  func admit(_ application: Application) async throws(Refusal) -> Admitted?
}
