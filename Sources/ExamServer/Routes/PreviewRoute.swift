import ExamModel
import FaceCheck
import Logging
import MediaPipeline
import WebGateway

/// Tells somebody who is about to join whether the camera picture is good: one JPEG passes through the same pipeline
/// and face check as a student's frames, and nothing of it is kept.
///
/// What an upload would be refused for is refused here, with the same code. Exams go first: a preview is checked when
/// no student is due, and addresses and sessions have a budget.
@GatewayActor
final class PreviewRoute {
  /// Pictures in progress; beyond that the page has to try again.
  private static let maximumAtOnce = 8
  /// How long decoding a picture may take, and then checking it.
  private static let patience = (decode: Duration.seconds(1), check: Duration.seconds(3))
  /// A page asks every two seconds, and a class of forty may be behind one address: half of them are told to ask again.
  private static let budget = (burst: 40.0, perSecond: 10.0)

  private let services: ExamServices
  private let admission: Admission
  private var atOnce = 0
  /// People with the link do not wait behind those who only have the code.
  private var byAddress = RateLimiter<Newcomers.Key<GuesserAddress>>(
    burst: budget.burst, perSecond: budget.perSecond)
  private var bySession = RateLimiter<Newcomers.Key<SessionCode>>(
    burst: budget.burst, perSecond: budget.perSecond)

  init(services: ExamServices, admission: Admission) {
    self.services = services
    self.admission = admission
  }

  func register(on server: WebServer) {
    server.route(
      .post, "/api/sessions/:code/preview", maximumBodyBytes: 256 * 1024, refusing: preview)
  }

  private func preview(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    // The page has only the invite link's secret, or what was typed.
    let admitted = try await admission.admit(request, as: .student, invite: request.bearerToken)
    let now = Instant.now
    let way = admitted.newcomer
    let wait =
      byAddress.take(.init(way: way, of: GuesserAddress(request.remoteAddress)), at: now)
      ?? bySession.take(.init(way: way, of: admitted.session.code), at: now)
    if let wait { throw Self.busy(wait) }
    var response = try await answer(request.body)
    admission.mark(&response, of: request, right: .code)
    return response
  }

  private struct Answer: Encodable {
    let faces: Int
    let light: StudentCheck.Light
  }

  private func answer(_ jpeg: [UInt8]) async throws(Refusal) -> HTTPResponse {
    guard atOnce < Self.maximumAtOnce else { throw Self.busy(.seconds(2)) }
    atOnce += 1
    defer { atOnce -= 1 }
    let observation: FaceObservation
    switch await Self.look(at: jpeg, faces: services.faces, pipelines: services.pipelines) {
    case .checked(let found): observation = found
    case .waitedInVain: throw Self.busy(.seconds(5))
    case .unusable(let reason):
      throw Refusal(
        status: 422, title: "Picture not usable", detail: "The picture could not be checked: \(reason)",
        code: "bad_picture")
    case .failed(let problem):
      services.recorder.logger.warning("a preview could not be checked", metadata: ["cause": "\(problem)"])
      throw Refusal(
        status: 503, title: "Picture not checked",
        detail: "The server could not check the picture; its log says why. It is no fault of the camera.",
        code: "pipeline_failed", retryAfter: 10)
    }
    let light: StudentCheck.Light = observation.isDark ? .dark : .ok
    return .json(WireJSON.encode(Answer(faces: observation.faces.count, light: light)))
  }

  private static func busy(_ wait: Duration) -> Refusal {
    Refusal(
      status: 429, title: "Busy", detail: "Many pictures are being checked. Please try again.",
      code: "busy",
      retryAfter: max(2, wait.wholeSecondsToWait))
  }

  enum Outcome: Sendable {
    case checked(FaceObservation)
    /// What is wrong with the picture, for its sender.
    case unusable(String)
    /// What is wrong with the server, for its log.
    case failed(String)
    /// Students in exams were due all the time.
    case waitedInVain

    /// The answer about a picture that was not decoded in time; `nil` if it was, and waits for its check.
    init?(undecodedAfter statistics: PipelineStatistics) {
      guard statistics.analysisPictures == 0 else { return nil }
      // If no decoder has had it yet, nothing is known about it.
      self =
        statistics.pending > 0 || statistics.submitted == 0
        ? .waitedInVain : .unusable("it is damaged, or no JPEG that the server can decode")
    }

    init(_ failure: PipelineFailure) {
      self = failure.cause == .server ? .failed("\(failure)") : .unusable(failure.message)
    }
  }

  /// Sends one picture the way that a student's frames go, and waits for the result.
  static func look(at jpeg: [UInt8], faces: FaceCheckPool, pipelines: PipelineCatalog) async -> Outcome {
    let (outcomes, found) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingOldest(1))
    let lane = faces.addLane(
      name: "preview", priority: .least, onObservation: { found.yield(.checked($0)) },
      onFailure: { found.yield(.failed($0)) })
    defer { lane.close() }
    let taps = MediaTaps(
      analysis: { lane.offer($0) }, picture: { _, _ in },
      failed: { found.yield(Outcome($0)) })
    let pipeline: LivePipeline
    do {
      let template = try pipelines.template(for: "image/jpeg")
      pipeline = try await LivePipeline.start(
        template, name: "preview", analysisRate: AnalysisPace.usual, taps: taps)
    } catch {
      return .failed("\(error)")
    }
    switch jpeg.withUnsafeBytes({ pipeline.ingest.push($0, capturedAt: 0, isKeyFrame: true) }) {
    case .accepted: break
    case .refused(let reason): found.yield(.unusable(reason))
    case .dropped: found.yield(.waitedInVain)
    case .closed, .needsKeyFrame, .needsRestart, .thinned:
      found.yield(.failed("the pipeline for pictures does not take any"))
    }
    let timeout = Task {
      try await Task.sleep(for: Self.patience.decode)
      if let outcome = Outcome(undecodedAfter: pipeline.statistics) { found.yield(outcome) }
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
