import ExamModel
import FaceCheck
import MediaPipeline
import WebGateway

/// What is read when `/metrics` is requested, each with its name and help: to add one, add a line here. What is counted as
/// things happen is in `CountedMetrics`.
@GatewayActor
struct MeasuredMetrics {
  let services: ExamServices
  let directory: SessionDirectory
  let server: WebServer

  func write(to text: inout PrometheusText) {
    writeExams(&text)
    writeChecks(&text)
    writeGateway(&text)
    let process = ProcessUsage()
    text.counter("process_cpu_seconds_total", "CPU time used, user and system.", process.cpuSeconds)
    text.gauge("process_resident_memory_bytes", "Resident memory.", process.residentBytes)
    text.gauge("process_threads", "Threads.", process.threads)
  }

  private func writeExams(_ text: inout PrometheusText) {
    text.gauge(
      "exam_store_writable", "1 while what happens can be kept, 0 while it waits in memory.",
      services.store.trouble == nil ? 1 : 0)
    let sessions = directory.live
    text.gauge("exam_sessions", "Sessions that are on.", sessions.count)
    let people = sessions.flatMap(\.members.roster)
    for role in [Role.student, .teacher] {
      for state in [PresenceState.live, .noPicture, .left] {
        text.add(
          "exam_participants", "gauge", "Participants by role and state.",
          [
            (
              #"{role="\#(role.rawValue)",state="\#(state.rawValue)"}"#,
              people.count { $0.role == role && $0.state == state }
            )
          ])
      }
    }
    let now = Instant.now
    text.gauge(
      "exam_longest_time_unchecked_seconds", "How long the student has waited who was checked longest ago.",
      sessions.compactMap { $0.longestTimeUnchecked(at: now) }.max()?.inSeconds ?? 0)
  }

  private func writeChecks(_ text: inout PrometheusText) {
    let faces = services.faces.statistics
    text.counter(
      "exam_face_checks_total", "Face checks by tier.", by: "tier",
      [
        "whole_picture": faces.wholePicture.checks, "tracked_face": faces.trackedFace.checks,
        "not_searched": faces.notSearched.checks,
      ])
    text.counter(
      "exam_face_check_cpu_seconds_total", "CPU time of face checks by tier.", by: "tier",
      [
        "whole_picture": faces.wholePicture.cpuTime.inSeconds,
        "tracked_face": faces.trackedFace.cpuTime.inSeconds,
        "not_searched": faces.notSearched.cpuTime.inSeconds,
      ])
    text.counter("exam_face_check_failures_total", "Face checks that failed.", faces.failures)
    text.gauge(
      "exam_face_check_longest_delay_seconds", "How long the check that is most overdue has waited.",
      faces.longestDelay.inSeconds)
    text.gauge(
      "exam_analysis_pictures_per_second",
      "Pictures a second that are made of each student for the face check at most: fewer while checks come late.",
      services.pacer.pace.rate)
    text.gauge("exam_pipelines", "Pipelines in memory, one for each stream.", LivePipeline.count)
    text.counter(
      "exam_pipelines_stopped_total", "Pipelines that ended, of streams that ended or began anew.",
      PipelineReaper.shared.stopped)
    text.counter(
      "exam_pipelines_abandoned_total", "Pipelines that could not be stopped in time.",
      PipelineReaper.shared.abandoned)
  }

  private func writeGateway(_ text: inout PrometheusText) {
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
  }
}
