import ExamModel
import FaceCheck
import GLibRuntime
import Logging
import MediaPipeline
import WebGateway

/// One student in one session, from the first connection to the session's end, across reconnects.
/// The way of a frame through it is told in docs/architecture.md.
@GatewayActor
final class StudentSession {
  typealias Instant = ContinuousClock.Instant

  /// Frames the page may have under way without an acknowledgement.
  static let window = 4
  /// What is taken of who goes beyond: a recorder cannot drop a piece of its container, and one stream may follow another.
  private static let windowLimit = 8 * window
  /// What may wait for a page that does not read, in bytes: a small part of what waits for teachers, for there are many.
  private static let maximumPendingBytes = 1024 * 1024
  /// Text messages that are heard at once, and a second in the long run. Every teacher is told of most of them.
  private static let textLimit = (burst: 50.0, perSecond: 10.0)
  /// Above the usual upload rate of 10, so that jitter costs no frame.
  static let maximumFocusRate = 15.0
  /// Codes of errors that say why there is no picture.
  private static let streamCodes: Set = [
    "bad_frame", "bad_stream", "undecodable", "unsupported_media", "pipeline_failed",
  ]
  /// Connected without a decoded picture for longer than this counts as "no picture".
  private static let pictureTimeout = Duration.seconds(2)

  let id: ParticipantID
  let number: UInt32
  private let name: String
  /// How the connection stands.
  var presence = Presence()
  weak var owner: (any StudentSessionOwner)?

  let fanOut: any PictureFanOut
  let metrics: ServerMetrics
  private let logger: Logger
  let maximumTileRate: Double
  let upload: StudentUpload
  let lane: FaceCheckLane
  private let progress: DecodeProgress

  private(set) var connection = StudentConnection.none
  /// What was before, on its way to the present connection.
  var history: HistoryFeed?
  var monitor: StudentMonitor
  /// What the student was last told of who watches.
  var lastWatchers: StudentNotice?
  private var lastKeyFrameRequest: Instant?
  var refusals = RefusalReport()
  var chats = TokenBucket(burst: 10, perSecond: 1)
  var words = StudentWords()
  var texts = TokenBucket(burst: textLimit.burst, perSecond: textLimit.perSecond)
  /// Whether a picture of the student was ever decoded.
  private var hasBeenSeen: Bool
  /// When a frame last came, whatever became of it.
  private var lastFrame: Instant?
  /// The first and the last frame accepted since a picture was last decoded.
  var undecoded: (first: Instant, last: Instant)?
  /// What was wrong with the stream since a picture was last decoded.
  private var problem: String?

  init(_ person: ExamPerson, fanOut: any PictureFanOut, services: ExamServices) {
    id = person.id
    number = person.number
    name = person.name
    hasBeenSeen = person.hasBeenSeen
    self.fanOut = fanOut
    metrics = services.metrics
    logger = services.recorder.logger
    maximumTileRate = services.configuration.maximumTileRate
    monitor = StudentMonitor(rules: services.configuration.alerts)

    let link = WeakStudent()
    let progress = DecodeProgress()
    let mailbox = PictureMailbox()
    let lane = services.faces.addLane(
      name: name,
      onObservation: { observation in Task { @GatewayActor in link.student?.observed(observation) } },
      onFailure: { problem in Task { @GatewayActor in link.student?.checkFailed(problem) } })
    upload = StudentUpload(
      name: name, pipelines: services.pipelines,
      taps: { failed in
        MediaTaps(
          analysis: { picture in
            progress.note()
            lane.offer(picture)
          },
          wantsAnalysis: { lane.wantsPicture },
          picture: { view, picture in
            guard mailbox.put(picture, view: view) else { return }
            Task { @GatewayActor in link.student?.publish(mailbox.take()) }
          },
          failed: failed,
          warned: { warning in Task { @GatewayActor in link.student?.pipelineWarned(warning) } })
      },
      onEvent: { event in link.student?.uploadHappened(event) })
    self.lane = lane
    self.progress = progress
    link.student = self
  }

  // MARK: The connection

  var isConnected: Bool { connection.socket != nil }

  /// Takes the student's connection; one from before, of another tab or a lost network, is closed.
  func connect(_ socket: WebSocketConnection) {
    leave(reason: "opened in another place")?.close(
      code: CloseCode.replaced, reason: "opened in another place")
    connection = .waitingForHello(socket)
    socket.budget = .student
    socket.maximumPendingBytes = Self.maximumPendingBytes
    socket.window = Self.windowLimit
    socket.onText = { [weak self, unowned socket] text in self?.receive(text: text, from: socket) }
    socket.onBinary = { [weak self, unowned socket] message in self?.receive(binary: message, from: socket) }
    socket.onClose = { [weak self, unowned socket] reason in self?.disconnected(socket, reason: reason) }
    presence.state = .noPicture
    problem = nil
    monitor.connected(at: .now)
    owner?.student(self, happened: .connected, ["address": socket.remoteAddress])
  }

  private func disconnected(_ socket: WebSocketConnection, reason: WebSocketCloseReason) {
    guard socket === connection.socket else { return }
    leave(reason: "\(reason)")
    Task { await upload.stop() }
  }

  /// The connection is over, whoever ended it: what was not seen until now and that it ended go into the journal.
  ///
  /// - Returns: the socket, to be told why and closed; `nil` where there is none.
  @discardableResult
  func leave(reason: String) -> WebSocketConnection? {
    guard let socket = connection.socket else { return nil }
    connection = .none
    history = nil
    presence.state = .left
    undecoded = nil
    words.forgetConnection()
    found(monitor.disconnected(at: .now))
    owner?.student(self, happened: .disconnected, ["reason": reason])
    return socket
  }

  /// Gives back what watching this student takes.
  func letGo() async {
    lane.close()
    await upload.stop()
  }

  func send(_ notice: StudentNotice) { connection.socket?.send(text: WireJSON.text(notice)) }

  // MARK: The stream

  /// The page said what it will send.
  func said(hello media: String, on socket: WebSocketConnection) {
    if !connection.saidHello { connection = .open(socket, isWelcomed: false) }
    owner?.student(self, did: 1)
    Task { await begin(media: media, on: socket) }
  }

  private func begin(media: String, on socket: WebSocketConnection) async {
    do {
      try await upload.begin(media: media)
    } catch {
      guard socket === connection.socket else { return }
      switch error {
      case .superseded: break
      case .unsupportedMedia(let problem):
        refuse("unsupported_media", "this server does not take this media type: \(problem)", isAnswer: true)
      case .pipelineFailed(let problem):
        refuse(
          "pipeline_failed", "the stream could not be set up on the server; its log says why",
          cause: "\(problem)", isAnswer: true)
      }
      return
    }
    // The socket may have closed meanwhile; its successor begins a stream of its own.
    guard case .open(let present, let wasWelcomed) = connection, present === socket else {
      if connection.socket == nil { await upload.stop() }
      return
    }
    connection = .open(socket, isWelcomed: true)
    undecoded = nil
    monitor.forgetLastCheck()
    send(.welcome(participant: id, window: Self.window))
    if !wasWelcomed {
      let person = owner?.person(id)
      send(.pause(person?.pause))
      send(.hand(up: person?.handSince != nil))
      if let lastWatchers { send(lastWatchers) }
      owner?.studentWelcomed(self)
    }
    owner?.student(self, happened: .streamBegan, ["media": media])
    PictureView.allCases.forEach(updateDemand)
  }

  private func receive(binary message: UnsafeRawBufferPointer, from socket: WebSocketConnection) {
    guard socket === connection.socket else { return }
    guard connection.saidHello else {
      protocolError(
        "no_hello", "frames came before hello; send hello with the media type and wait for welcome")
      return
    }
    metrics.framesReceived.add(1)
    lastFrame = .now
    let header: FrameHeader
    do {
      header = try FrameHeader(parsing: message)
    } catch {
      metrics.framesRefused.add(1)
      refuse("bad_frame", error.description)
      return
    }
    let payload = UnsafeRawBufferPointer(rebasing: message[FrameHeader.byteCount...])
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
      metrics.framesRefused.add(1)
      refuse("bad_frame", reason)
    case .needsRestart(let reason):
      metrics.framesRefused.add(1)
      refuse("bad_stream", reason)
      upload.restart()
    case .closed, nil:
      metrics.framesWithoutPipeline.add(1)
    }
    // An acknowledgement says that the frame was dealt with, whatever became of it, so that the page goes on.
    socket.answer(text: #"{"type":"ack","seq":\#(header.sequence)}"#)
  }

  private func requestKeyFrame() {
    let now = Instant.now
    if let last = lastKeyFrameRequest, now - last < .seconds(1) { return }
    lastKeyFrameRequest = now
    send(.keyframe)
  }

  /// Tells the student, and the log, at most once a second and ten seconds, what cannot be used.
  ///
  /// - Parameters:
  ///   - isAnswer: somebody waits for this answer, so it goes out however many went before.
  ///   - text: the message that is refused; the answer names it.
  func refuse(
    _ code: String, _ detail: String, cause: String? = nil, retryAfter: Int? = nil, isAnswer: Bool = false,
    of text: String? = nil
  ) {
    let report = refusals.add(code, at: .now)
    if report.tellStudent || isAnswer {
      send(
        .error(
          code: code, detail: detail, retryAfter: retryAfter, id: text.flatMap(WireJSON.requestID)))
      if Self.streamCodes.contains(code) { noPicture(detail) }
    }
    if let count = report.journalCount {
      if let cause {
        logger.warning("\(code)", metadata: ["name": "\(name)", "cause": "\(cause)"])
      }
      owner?.student(
        self, happened: .uploadRefused, ["code": code, "detail": detail, "count": String(count)])
    }
  }

  /// Says for teachers why there is no picture; it counts as long as there is none.
  func noPicture(_ reason: String) {
    problem = reason
    guard presence.state == .noPicture, presence.noPictureReason != reason else { return }
    presence.noPictureReason = reason
    owner?.studentChanged(self)
  }

  /// What no page of ours does: the connection ends.
  func protocolError(_ code: String, _ detail: String) {
    send(.error(code: code, detail: detail))
    owner?.student(self, happened: .uploadRefused, ["code": code, "detail": detail, "count": "1"])
    connection.socket?.close(code: CloseCode.policy, reason: code)
  }

  // MARK: Time

  /// To be called several times a second.
  func tick(at now: Instant) {
    hearWords(at: now)
    let decoded = progress.take()
    if decoded {
      undecoded = nil
      problem = nil
      if !hasBeenSeen { owner?.student(self, happened: .firstSeen, [:]) }
      hasBeenSeen = true
    }
    upload.tick(at: now)
    updatePresence(decoded: decoded, at: now)
    found(
      monitor.tick(
        at: now, decoded: decoded,
        stream: BlindSpotTracker.Stream(
          framesArrive: lastFrame.map { now - $0 < Self.pictureTimeout } ?? false,
          picturesDecode: progress.lastDecoded.map { now - $0 < Self.pictureTimeout } ?? false,
          pipeline: upload.health, checkFailed: false)))
    // Every second picture at most goes to the face check, so one frame alone says nothing.
    if let frames = undecoded, frames.last - frames.first > .seconds(3) {
      undecoded = nil
      refuse("undecodable", "frames arrive but cannot be decoded as \(upload.media ?? "")")
      requestKeyFrame()
    }
  }

  private func updatePresence(decoded: Bool, at now: Instant) {
    guard isConnected else { return }
    let state: PresenceState
    if decoded {
      state = .live
    } else if progress.lastDecoded.map({ now - $0 > Self.pictureTimeout }) ?? true {
      state = .noPicture
    } else {
      state = presence.state
    }
    if state != presence.state {
      presence.state = state
      if state == .noPicture { presence.noPictureReason = problem }
      owner?.studentChanged(self)
    }
  }
}

/// Lets callbacks that are made before the session exists find it later, without keeping it alive.
@GatewayActor
private final class WeakStudent {
  weak var student: StudentSession?
  nonisolated init() {}
}
