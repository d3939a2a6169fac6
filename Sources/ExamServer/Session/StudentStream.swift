import ExamModel
import FaceCheck
import GLibRuntime
import MediaPipeline
import WebGateway

/// One of a student's streams on its way from the socket to its viewers and, for the camera, to the face check.
/// docs/architecture.md describes the way of a frame through it.
@GatewayActor
final class StudentStream {
  /// Frames that the page may have in flight without an acknowledgement.
  static let window = 4
  /// Above the usual upload rate of 10, so that jitter costs no frame.
  private static let maximumFocusRate = 15.0
  /// Without a decoded picture for longer than this the student has no picture.
  private static let pictureTimeout = Duration.seconds(2)

  let source: StreamSource
  private let student: (id: ParticipantID, number: UInt32, name: String)
  private let fanOut: PictureFanOut
  private let metrics: CountedMetrics
  private let maximumTileRate: Double
  var onEvent: @GatewayActor (StreamEvent) -> Void = { _ in }

  /// What the page says it sends, truncated.
  private var media = ""
  private let upload: StudentUpload
  /// For the face check; only for the camera.
  private var lane: FaceCheckLane?
  private let progress = DecodeProgress()
  private let mailbox = PictureMailbox()
  private var refusals = RefusalReport()
  private var keyFrameRequests = Throttle(every: .seconds(1))
  /// When a frame last arrived, whatever happened to it.
  private var lastFrame: Instant?
  /// The first and the last frame accepted since a picture was last decoded.
  private var undecoded: (first: Instant, last: Instant)?
  /// Whether the picture of an alert's onset is wanted: the next one is used.
  var isEvidenceWanted = false { didSet { updateDemand(.focus) } }

  init(
    _ source: StreamSource, of person: ExamPerson, fanOut: PictureFanOut, services: ExamServices,
    configuration: ServerConfiguration
  ) {
    self.source = source
    student = (person.id, person.number, person.name)
    self.fanOut = fanOut
    metrics = services.metrics
    maximumTileRate = configuration.maximumTileRate
    upload = StudentUpload(name: person.name, pipelines: services.pipelines)
    if source == .camera { lane = lane(in: services.faces) }
    upload.onEvent = { [weak self] event in self?.uploadHappened(event) }
    upload.taps = { [weak self] failed in self?.taps(failed: failed) }
  }

  private func lane(in faces: FaceCheckPool) -> FaceCheckLane {
    faces.addLane(
      name: student.name,
      onObservation: { [weak self] observation in
        Task { @GatewayActor in self?.onEvent(.observed(observation)) }
      },
      onFailure: { [weak self] problem in Task { @GatewayActor in self?.checkFailed(problem) } })
  }

  private func taps(failed: @escaping @Sendable (PipelineFailure) -> Void) -> MediaTaps {
    MediaTaps(
      analysis: { [progress, lane] picture in
        progress.note()
        lane?.offer(picture)
      },
      wantsAnalysis: { [progress, lane] in
        if let lane { return lane.wantsPicture }
        progress.note()
        return false
      },
      picture: { [mailbox, weak self] view, picture in
        guard mailbox.put(picture, view: view) else { return }
        Task { @GatewayActor in self?.publish(mailbox.take()) }
      },
      failed: failed,
      warned: { [weak self] warning in
        Task { @GatewayActor in self?.warned(["code": "warning", "detail": warning]) }
      })
  }

  // MARK: Input

  /// Creates the pipeline for what the page said it will send.
  func begin(media: String) async throws(StudentUpload.BeginError) {
    self.media = media
    try await upload.begin(media: media)
  }

  /// Viewers get pictures from now on.
  func began() {
    undecoded = nil
    PictureView.allCases.forEach(updateDemand)
  }

  func couldNotBegin(_ error: StudentUpload.BeginError) {
    switch error {
    case .superseded: break
    case .unsupportedMedia(let problem):
      refuse(
        "unsupported_media", "this server does not take this media type: \(problem)",
        codec: problem.codec, isAnswer: true)
    case .pipelineFailed(let problem):
      refuse(
        "pipeline_failed", "the stream could not be set up on the server; its log says why",
        cause: "\(problem)", isAnswer: true)
    }
  }

  func stop() async { await upload.stop() }

  /// Releases what the stream uses.
  func release() async {
    lane?.close()
    await upload.stop()
  }

  /// A message arrived that contains no frame.
  func refuseFrame(_ reason: String) {
    lastFrame = .now
    metrics.framesRefused.add(1)
    refuse("bad_frame", reason)
  }

  func take(_ payload: UnsafeRawBufferPointer, header: FrameHeader) {
    lastFrame = .now
    switch upload.push(payload, header: header) {
    case .accepted:
      let now = Instant.now
      undecoded = (undecoded?.first ?? now, now)
    case .thinned(let wantsKeyFrame):
      metrics.framesThinned.add(1)
      if wantsKeyFrame { requestKeyFrame() }
    case .needsKeyFrame:
      metrics.framesWithoutKey.add(1)
      requestKeyFrame()
    case .dropped:
      metrics.framesBehind.add(1)
    case .refused(let reason):
      refuseFrame(reason)
    case .needsRestart(let reason):
      metrics.framesRefused.add(1)
      refuse("bad_stream", reason)
      upload.restart()
    case .closed, nil:
      metrics.framesWithoutPipeline.add(1)
    }
  }

  private func requestKeyFrame() {
    if keyFrameRequests.add(at: .now) != nil { onEvent(.tell(.keyframe(source))) }
  }

  // MARK: Output

  private func publish(_ pictures: [PictureView: TapPicture]) {
    for (view, picture) in pictures {
      metrics.picturesEncoded.add(1)
      onEvent(.encoded(picture.jpeg, view))
      fanOut.publish(
        StudentPicture(
          channel: PictureChannel(student: student.id, source: source, view: view), number: student.number,
          jpeg: picture.jpeg, capturedAt: picture.capturedAt))
    }
  }

  private func uploadHappened(_ event: StudentUpload.Event) {
    switch event {
    case .failed(let failure) where failure.cause == .server:
      onEvent(.serverWasBlind)
      warned(["code": "failed", "detail": "\(failure)"])
    case .failed(let failure) where failure.cause == .refused:
      refuse("bad_frame", failure.message)
    case .failed(let failure):
      noPicture(.badStream)
      guard let count = refusals.add("stream_failed", at: .now).journalCount else { return }
      onEvent(
        .noted(
          .uploadRefused, ["code": "pipeline_failed", "detail": "\(failure)", "count": String(count)]))
    case .undecodable:
      refuse("undecodable", "what comes cannot be decoded as \(media)")
    case .stuck:
      onEvent(.serverWasBlind)
      onEvent(.noted(.pipelineWarning, ["code": "stuck", "media": media]))
      noPicture(.decoderStuck)
    case .startFailed(let problem):
      refuse(
        "pipeline_failed", "the stream could not be set up again on the server; its log says why",
        cause: "\(problem)")
    case .restarted:
      PictureView.allCases.forEach(updateDemand)
      onEvent(.tell(.restart(source)))
    case .givenUp:
      undecoded = nil
      refuse(
        "unsupported_media",
        "no picture came of what was sent as \(media) in \(RestartPace.tries) tries, and no more are made before the next "
          + "hello", reason: .noPictureMade, isAnswer: true)
    case .unsupportedMedia(let problem):
      undecoded = nil
      refuse(
        "unsupported_media", "this server does not take what this container holds: \(problem)",
        codec: problem.codec, isAnswer: true)
    }
  }

  private func checkFailed(_ problem: String) {
    onEvent(.checkFailed)
    refuse("check_failed", "the server could not check a picture; its log says why", cause: problem)
  }

  /// A deliberately broken stream gives a warning with every frame.
  private func warned(_ fields: [String: String]) {
    guard let count = refusals.add("pipeline_warning", at: .now).journalCount else { return }
    onEvent(.noted(.pipelineWarning, fields.merging(["count": String(count)]) { $1 }))
  }

  /// - Parameters:
  ///   - cause: only for the log.
  ///   - codec: one without a pipeline file.
  ///   - isAnswer: somebody waits for this answer, so it is sent however many came before.
  private func refuse(
    _ code: String, _ detail: String, cause: String? = nil, codec: String? = nil,
    reason: NoPictureReason.Code? = nil, isAnswer: Bool = false
  ) {
    let report = refusals.add(code, at: .now)
    let isSent = report.tellStudent || isAnswer
    onEvent(
      .refused(
        StudentRefusal(
          notice: ErrorNotice(code: code, detail: detail, source: source), cause: cause, isSent: isSent,
          journalCount: report.journalCount)))
    if isSent, let reason = reason ?? NoPictureReason.Code(rawValue: code) { noPicture(reason, codec: codec) }
  }

  private func noPicture(_ code: NoPictureReason.Code, codec: String? = nil) {
    onEvent(.noPicture(NoPictureReason(code: code, media: media, codec: codec)))
  }

  // MARK: Rates

  /// Sets how many pictures of `view` are encoded, depending on who watches and whether evidence is wanted.
  func updateDemand(_ view: PictureView) {
    let wanted = fanOut.wantedRate(of: PictureChannel(student: student.id, source: source, view: view))
    let most = view == .tile ? maximumTileRate : Self.maximumFocusRate
    upload.setRate(min(view == .focus && isEvidenceWanted ? .infinity : wanted, most), view: view)
  }

  func setAnalysisRate(_ rate: Double) { upload.analysisRate = rate }

  /// The next check searches the whole picture.
  func searchWholePictureNext() { lane?.searchWholePictureNext() }

  // MARK: Time

  /// Call it several times a second.
  ///
  /// - Returns: whether pictures were decoded since the last call.
  func tick(at now: Instant) -> Bool {
    let decoded = progress.take()
    if decoded { undecoded = nil }
    upload.tick(at: now)
    // At most every second picture goes to the face check, so one frame alone says nothing.
    if let frames = undecoded, frames.last - frames.first > .seconds(3) {
      undecoded = nil
      refuse("undecodable", "frames arrive but cannot be decoded as \(media)")
      requestKeyFrame()
    }
    return decoded
  }

  /// The connection has ended; what came on it says nothing about the next.
  func disconnected() { undecoded = nil }

  /// Whether a picture was decoded recently.
  func hasPicture(at now: Instant) -> Bool { isRecent(progress.lastDecoded, at: now) }

  /// The state of the stream, from which the cause of a blind spot follows.
  func condition(at now: Instant) -> BlindSpotTracker.Stream {
    BlindSpotTracker.Stream(
      framesArrive: isRecent(lastFrame, at: now), picturesDecode: hasPicture(at: now),
      pipeline: upload.health)
  }

  private func isRecent(_ last: Instant?, at now: Instant) -> Bool {
    last.map { now - $0 < Self.pictureTimeout } ?? false
  }
}
