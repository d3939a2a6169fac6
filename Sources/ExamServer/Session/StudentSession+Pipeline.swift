import ExamModel
import FaceCheck
import GLibRuntime
import MediaPipeline

/// What the pipeline gives, and how much of it is wanted.
extension StudentSession {
  func observed(_ observation: FaceObservation) {
    found(monitor.observed(observation, at: .now))
    if monitor.isPictureInDoubt { lane.searchWholePictureNext() }
  }

  func checkFailed(_ problem: String) {
    monitor.checkFailed()
    refuse("check_failed", "the server could not check a picture; its log says why", cause: problem)
  }

  func publish(_ pictures: [PictureView: TapPicture]) {
    for (view, picture) in pictures {
      metrics.picturesEncoded.add(1)
      found(monitor.offerEvidence(picture.jpeg, view: view, at: .now))
      fanOut.publish(
        StudentPicture(
          channel: PictureChannel(student: id, view: view), number: number,
          jpeg: picture.jpeg, capturedAt: picture.capturedAt))
    }
  }

  func uploadHappened(_ event: StudentUpload.Event) {
    let media = upload.media ?? ""
    switch event {
    case .failed(let failure) where failure.cause == .server:
      monitor.serverWasBlind(at: .now)
      pipelineWarned("the pipeline failed: \(failure)")
    case .failed(let failure) where failure.cause == .refused:
      refuse("bad_frame", failure.message)
    case .failed(let failure):
      noPicture("what came as \(media) cannot be read: \(failure.message)")
      guard let count = refusals.add("stream_failed", at: .now).journalCount else { return }
      owner?.student(
        self, happened: .uploadRefused,
        ["code": "pipeline_failed", "detail": "\(failure)", "count": String(count)])
    case .undecodable:
      refuse("undecodable", "what comes cannot be decoded as \(media)")
    case .stuck:
      monitor.serverWasBlind(at: .now)
      owner?.student(
        self, happened: .pipelineWarning,
        [
          "detail":
            "the pipeline for \(media) has not come back from a frame for 5 seconds; another is started"
        ])
      noPicture("the server's decoder does not answer")
    case .startFailed(let problem):
      refuse(
        "pipeline_failed", "the stream could not be set up again on the server; its log says why",
        cause: "\(problem)")
    case .restarted:
      PictureView.allCases.forEach(updateDemand)
      send(.restart(reason: "the stream could not be read any further"))
    case .givenUp:
      undecoded = nil
      refuse(
        "unsupported_media",
        "no picture came of what was sent as \(media) in \(RestartPace.tries) tries, and no more are made before the next "
          + "hello", isAnswer: true)
    case .unsupportedMedia(let problem):
      undecoded = nil
      refuse(
        "unsupported_media", "this server does not take what this container holds: \(problem)", isAnswer: true
      )
    }
  }

  /// A stream that is broken on purpose gives a warning with every frame.
  func pipelineWarned(_ warning: String) {
    guard let count = refusals.add("pipeline_warning", at: .now).journalCount else { return }
    owner?.student(self, happened: .pipelineWarning, ["detail": warning, "count": String(count)])
  }

  /// Sets how many pictures of `view` are encoded, by who looks and whether evidence is wanted.
  func updateDemand(_ view: PictureView) {
    var rate = fanOut.wantedRate(of: PictureChannel(student: id, view: view))
    // The picture of an alert's onset is the next one.
    if view == .focus, monitor.wantsEvidence { rate = .infinity }
    upload.setRate(min(rate, maximumRate(of: view)), view: view)
  }

  func setAnalysisRate(_ rate: Double) { upload.analysisRate = rate }

  private func maximumRate(of view: PictureView) -> Double {
    view == .tile ? maximumTileRate : Self.maximumFocusRate
  }
}
