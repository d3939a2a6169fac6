import ExamModel
import FaceCheck
import MediaPipeline
import WebGateway

/// Tells somebody who is about to join whether the camera picture is good: one JPEG goes the way of a student's
/// frames, through the pipeline and the face check, and nothing of it is kept.
@GatewayActor
final class PreviewRoute {
  /// Pictures being looked at; more than that wait for the page's next try.
  private static let maximumAtOnce = 8
  private static let patience = Duration.seconds(3)

  private let services: ExamServices
  private let access: Access
  private var atOnce = 0

  init(services: ExamServices, access: Access) {
    self.services = services
    self.access = access
  }

  func register(on server: WebServer) {
    server.route(.post, "/api/sessions/:code/preview") { [self] request in
      await .answering { () async throws(Access.Refusal) in
        // The page has only the invite link's secret, or what was typed.
        _ = try await access.entry(request, invite: request.bearerToken)
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
    guard atOnce < Self.maximumAtOnce else {
      throw Access.Refusal(
        response: .problem(
          status: 429, title: "Busy", detail: "Many pictures are being checked. Please try again.",
          code: "busy",
          retryAfter: 2))
    }
    atOnce += 1
    defer { atOnce -= 1 }
    let observation: FaceObservation
    do {
      observation = try await check(jpeg)
    } catch {
      throw Access.Refusal(
        response: .problem(
          status: 422, title: "Picture not usable",
          detail: "The picture could not be checked: \(error.reason)",
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

  private struct CheckError: Error {
    let reason: String
  }

  private func check(_ jpeg: [UInt8]) async throws(CheckError) -> FaceObservation {
    let (observations, found) = AsyncStream.makeStream(
      of: FaceObservation?.self, bufferingPolicy: .bufferingNewest(1))
    let lane = services.faces.addLane(
      name: "preview", onObservation: { found.yield($0) }, onFailure: { _ in found.yield(nil) })
    defer { lane.close() }
    let taps = MediaTaps(
      analysis: { lane.offer($0) }, picture: { _, _ in }, failed: { _ in found.yield(nil) })
    let pipeline: LivePipeline
    do {
      let template = try services.pipelines.template(for: "image/jpeg")
      pipeline = try await LivePipeline.start(
        template, name: "preview", analysisRate: AnalysisPace.usual, taps: taps)
    } catch {
      throw CheckError(reason: "\(error)")
    }
    let result = jpeg.withUnsafeBytes { pipeline.ingest.push($0, capturedAt: 0, isKeyFrame: true) }
    let timeout = Task {
      try? await Task.sleep(for: Self.patience)
      found.yield(nil)
    }
    var observation: FaceObservation?
    if case .accepted = result {
      for await first in observations {
        observation = first
        break
      }
    }
    timeout.cancel()
    await pipeline.stop()
    if case .refused(let reason) = result { throw CheckError(reason: "\(reason)") }
    guard let observation else { throw CheckError(reason: "it could not be decoded in time") }
    return observation
  }
}
