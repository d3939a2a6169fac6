import ExamModel
import FaceCheck
import MediaPipeline
import WebGateway

/// Liveness, readiness and metrics.
@GatewayActor
final class OperationsRoutes {
  private let services: ExamServices
  private let directory: any SessionDirectory
  private unowned let server: WebServer

  init(services: ExamServices, directory: any SessionDirectory, server: WebServer) {
    self.services = services
    self.directory = directory
    self.server = server
  }

  func register() {
    server.route(.get, "/healthz") { _ in .text("ok\n") }
    server.route(.get, "/readyz") { [self] _ in
      // The server listens only after models and pipelines were tested, so the only thing that can fail later is capacity.
      directory.live.count < services.configuration.maximumSessions
        ? .text("ready\n")
        : .problem(
          status: 503, title: "Not ready", detail: "No further session can be created.",
          code: "too_many_sessions")
    }
    server.route(.get, "/metrics") { [self] _ in
      .text(metrics(), contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  private func metrics() -> String {
    var text = PrometheusText()
    let counts = services.metrics
    text.counter("exam_frames_received_total", "Frames students sent.", counts.framesReceived.value)
    text.add(
      "exam_frames_dropped_total", "counter", "Frames not decoded, by cause.",
      [
        (#"{cause="refused"}"#, "\(counts.framesRefused.value)"),
        (#"{cause="waiting_for_key_frame"}"#, "\(counts.framesWithoutKey.value)"),
        (#"{cause="not_needed"}"#, "\(counts.framesThinned.value)"),
        (#"{cause="decoder_behind"}"#, "\(counts.framesBehind.value)"),
        (#"{cause="no_pipeline"}"#, "\(counts.framesWithoutPipeline.value)"),
      ])
    text.counter(
      "exam_pictures_encoded_total", "Pictures encoded for teachers.", counts.picturesEncoded.value)
    text.counter(
      "exam_pictures_delivered_total", "Pictures sent to teachers over sockets.",
      counts.picturesDelivered.value)
    text.add(
      "exam_alerts_confirmed_total", "counter", "Alerts raised, by kind.",
      counts.alertsConfirmed.values.map { (#"{kind="\#($0.rawValue)"}"#, "\($1)") })
    text.add(
      "exam_blind_spots_total", "counter",
      "Stretches in which the server did not look at a student, by cause.",
      counts.blindSpots.values.map { (#"{cause="\#($0.rawValue)"}"#, "\($1)") })
    text.add(
      "exam_blind_seconds_total", "counter", "How long these stretches were together.",
      counts.blindMilliseconds.values.map { (#"{cause="\#($0.rawValue)"}"#, "\(Double($1) / 1000)") })
    text.gauge(
      "exam_store_writable", "1 while what happens can be kept, 0 while it waits in memory.",
      services.store.trouble == nil ? 1 : 0)

    let sessions = directory.live
    let people = sessions.flatMap(\.members.roster)
    text.gauge("exam_sessions", "Sessions that are on.", sessions.count)
    text.add(
      "exam_participants", "gauge", "Participants by role and state.",
      [Role.student, .teacher].flatMap { role in
        [PresenceState.live, .noPicture, .left].map { state in
          (
            #"{role="\#(role.rawValue)",state="\#(state.rawValue)"}"#,
            "\(people.count { $0.role == role && $0.state == state })"
          )
        }
      })

    let faces = services.faces.statistics
    text.add(
      "exam_face_checks_total", "counter", "Face checks by tier.",
      [
        (#"{tier="whole_picture"}"#, "\(faces.wholePicture.checks)"),
        (#"{tier="tracked_face"}"#, "\(faces.trackedFace.checks)"),
        (#"{tier="not_searched"}"#, "\(faces.notSearched.checks)"),
      ])
    text.add(
      "exam_face_check_cpu_seconds_total", "counter", "CPU time of face checks by tier.",
      [
        (#"{tier="whole_picture"}"#, "\(faces.wholePicture.cpuTime.inSeconds)"),
        (#"{tier="tracked_face"}"#, "\(faces.trackedFace.cpuTime.inSeconds)"),
        (#"{tier="not_searched"}"#, "\(faces.notSearched.cpuTime.inSeconds)"),
      ])
    text.counter("exam_face_check_failures_total", "Face checks that failed.", faces.failures)
    text.gauge(
      "exam_face_check_longest_delay_seconds", "How long the check that is most overdue has waited.",
      faces.longestDelay.inSeconds)
    text.gauge(
      "exam_analysis_pictures_per_second",
      "Pictures a second that are made of each student for the face check at most: fewer while checks come late.",
      services.pacer.pace.rate)
    text.histogram(
      "exam_time_between_checks_seconds", "From one check of a student who sends video to the next.",
      counts.checkGaps)
    let now = ContinuousClock.now
    text.gauge(
      "exam_longest_time_unchecked_seconds", "How long the student has waited who was checked longest ago.",
      sessions.compactMap { $0.longestTimeUnchecked(at: now) }.max()?.inSeconds ?? 0)
    text.gauge("exam_pipelines", "Pipelines in memory, one for each student who sends.", LivePipeline.count)
    text.counter(
      "exam_pipelines_stopped_total", "Pipelines that ended, of streams that ended or began anew.",
      PipelineReaper.shared.stopped)
    text.counter(
      "exam_pipelines_abandoned_total", "Pipelines that could not be stopped in time.",
      PipelineReaper.shared.abandoned)

    let gateway = server.statistics
    text.gauge("exam_connections", "Open connections.", gateway.openConnections)
    text.gauge("exam_websockets", "Open WebSockets.", gateway.openWebSockets)
    text.gauge("exam_picture_streams", "Open multipart streams.", gateway.openPictureStreams)
    text.counter("exam_connections_refused_total", "Connections over the bounds.", gateway.refusedConnections)
    text.counter(
      "exam_websocket_overflows_total", "Sockets closed because their reader did not keep up.",
      gateway.webSocketOverflows)
    text.counter(
      "exam_websocket_floods_total", "Sockets closed because more came than they may send.",
      gateway.webSocketFloods)
    text.counter(
      "exam_stream_pictures_skipped_total", "Pictures of multipart streams that a newer one replaced.",
      gateway.picturesSkipped)
    text.counter(
      "exam_websocket_received_bytes_total", "Bytes of messages received.", gateway.webSocketBytesIn)
    text.counter("exam_websocket_sent_bytes_total", "Bytes of messages sent.", gateway.webSocketBytesOut)

    let process = ProcessUsage()
    text.counter("process_cpu_seconds_total", "CPU time used, user and system.", process.cpuSeconds)
    text.gauge("process_resident_memory_bytes", "Resident memory.", process.residentBytes)
    text.gauge("process_threads", "Threads.", process.threads)
    return text.text
  }
}
