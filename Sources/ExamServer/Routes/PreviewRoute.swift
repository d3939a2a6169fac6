import ExamModel
import FaceCheck
import MediaPipeline
import WebGateway

/// Tells somebody who is about to join whether the camera picture is good: one JPEG goes the way of a student's
/// frames, through the pipeline and the face check, and nothing of it is kept.
///
/// What an upload would be refused for is refused here, by the same code. Exams go first: a preview is checked when no
/// student is due, and addresses and sessions have a budget.
@GatewayActor
final class PreviewRoute {
  /// Pictures being looked at; more than that wait for the page's next try.
  private static let maximumAtOnce = 8
  /// How long a picture may take to be decoded, and then to be checked.
  private static let patience = (decode: Duration.seconds(1), check: Duration.seconds(3))
  /// A page asks every two seconds, and a class of forty may be behind one address: half of them are told to ask again.
  private static let budget = (burst: 40.0, perSecond: 10.0)

  private let services: ExamServices
  private let access: Access
  private var atOnce = 0
  private var byAddress = RateLimiter<GuesserAddress>(burst: budget.burst, perSecond: budget.perSecond)
  private var bySession = RateLimiter<SessionCode>(burst: budget.burst, perSecond: budget.perSecond)

  init(services: ExamServices, access: Access) {
    self.services = services
    self.access = access
  }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions/:code/preview", maximumBodyBytes: 256 * 1024) { [self] request in
      await .answering { () async throws(Access.Refusal) in
        // The page has only the invite link's secret, or what was typed.
        let session = try await access.entry(request, invite: request.bearerToken)
        let now = ContinuousClock.now
        if let wait = byAddress.take(GuesserAddress(request.remoteAddress), at: now)
          ?? bySession.take(session.code, at: now)
        {
          throw Self.busy(wait)
        }
        var response = try await answer(request.body)
        services.admission.mark(&response, of: request, right: .code)
        return response
      }
    }
  }

  private struct Answer: Encodable {
    let faces: Int
    let light: StudentCheck.Light
    let hint: String?
  }

  private func answer(_ jpeg: [UInt8]) async throws(Access.Refusal) -> HTTPResponse {
    guard atOnce < Self.maximumAtOnce else { throw Self.busy(.seconds(2)) }
    atOnce += 1
    defer { atOnce -= 1 }
    let observation: FaceObservation
    switch await look(at: jpeg) {
    case .checked(let found): observation = found
    case .waitedInVain: throw Self.busy(.seconds(5))
    case .unusable(let reason):
      throw Access.Refusal(
        response: .problem(
          status: 422, title: "Picture not usable", detail: "The picture could not be checked: \(reason)",
          code: "bad_picture"))
    }
    let light: StudentCheck.Light = observation.isDark ? .dark : .ok
    return .json(
      WireJSON.encode(Answer(faces: observation.faces.count, light: light, hint: hint(observation))))
  }

  private func hint(_ observation: FaceObservation) -> String? {
    switch observation.faces.count {
    case 0 where observation.isDark: "Your picture is too dark to see you. A lamp in front of you helps."
    case 0: AlertKind.faceMissing.hint
    case 1 where observation.isDark: "Your picture is dark. A lamp in front of you helps."
    case 1: nil
    default: AlertKind.severalFaces.hint
    }
  }

  private static func busy(_ wait: Duration) -> Access.Refusal {
    Access.Refusal(
      response: .problem(
        status: 429, title: "Busy", detail: "Many pictures are being checked. Please try again.",
        code: "busy",
        retryAfter: max(2, Int(wait.inSeconds.rounded(.up)))))
  }

  private enum Outcome: Sendable {
    case checked(FaceObservation)
    case unusable(String)
    /// Students in exams were due all the time.
    case waitedInVain
  }

  private func look(at jpeg: [UInt8]) async -> Outcome {
    let (outcomes, found) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingOldest(1))
    let lane = services.faces.addLane(
      name: "preview", priority: .least, onObservation: { found.yield(.checked($0)) },
      onFailure: { found.yield(.unusable($0)) })
    defer { lane.close() }
    let taps = MediaTaps(
      analysis: { lane.offer($0) }, picture: { _, _ in },
      failed: { found.yield(.unusable($0.message)) })
    let pipeline: LivePipeline
    do {
      let template = try services.pipelines.template(for: "image/jpeg")
      pipeline = try await LivePipeline.start(
        template, name: "preview", analysisRate: AnalysisPace.usual, taps: taps)
    } catch {
      return .unusable("\(error)")
    }
    switch jpeg.withUnsafeBytes({ pipeline.ingest.push($0, capturedAt: 0, isKeyFrame: true) }) {
    case .accepted: break
    case .refused(let reason): found.yield(.unusable(reason))
    case .closed, .dropped, .needsKeyFrame, .needsRestart, .thinned:
      found.yield(.unusable("the server's pipeline for pictures does not take it"))
    }
    let timeout = Task {
      try await Task.sleep(for: Self.patience.decode)
      if pipeline.statistics.analysisPictures == 0 {
        found.yield(.unusable("it is damaged, or no JPEG that the server can decode"))
      }
      try await Task.sleep(for: Self.patience.check)
      found.yield(.waitedInVain)
    }
    var outcome = Outcome.waitedInVain
    for await first in outcomes {
      outcome = first
      break
    }
    timeout.cancel()
    await pipeline.stop()
    return outcome
  }
}
