import ExamModel
import GLibRuntime
import Logging
import MediaPipeline
import WebGateway

/// One student in one session, from the first connection to the session's end, across reconnects: the person, the
/// connection, the streams, and what observing the camera finds.
@GatewayActor
final class StudentSession {
  /// What is accepted beyond the window: a recorder cannot drop a piece of its container, and one stream may follow
  /// another.
  private static let windowLimit = 8 * StudentStream.window
  /// What may wait for a page that does not read, in bytes: far less than for teachers, since there are many students.
  private static let maximumPendingBytes = 1024 * 1024
  /// Text messages that are processed at once, and per second in the long run. Every teacher is told of most of them.
  private static let textLimit = (burst: 50.0, perSecond: 10.0)

  let id: ParticipantID
  let number: UInt32
  private let name: String
  /// The state of the connection.
  var presence = Presence()
  weak var exam: ExamSession?

  let services: ExamServices
  private let configuration: ServerConfiguration
  private let fanOut: PictureFanOut
  let camera: StudentStream
  /// Each is created by its first `hello`, and stopped with the connection.
  private var others: [StreamSource: StudentStream] = [:]

  private(set) var connection = StudentConnection.none
  /// History being sent on the current connection.
  var history: HistoryFeed?
  var monitor: StudentMonitor
  /// What the student was last told about who watches.
  var lastWatchers: StudentNotice?
  private var refusals = RefusalReport()
  var chats = TokenBucket(burst: 10, perSecond: 1)
  var pending = PendingUpdates()
  var texts = TokenBucket(burst: textLimit.burst, perSecond: textLimit.perSecond)
  /// Whether a picture of the student was ever decoded.
  private var hasBeenSeen: Bool
  /// What was wrong with the camera's stream since a picture was last decoded.
  private var problem: NoPictureReason?

  init(
    _ person: ExamPerson, fanOut: PictureFanOut, services: ExamServices, configuration: ServerConfiguration
  ) {
    id = person.id
    number = person.number
    name = person.name
    hasBeenSeen = person.hasBeenSeen
    self.fanOut = fanOut
    self.services = services
    self.configuration = configuration
    monitor = StudentMonitor(rules: configuration.alerts)
    camera = StudentStream(
      .camera, of: person, fanOut: fanOut, services: services, configuration: configuration)
    camera.onEvent = { [weak self, unowned camera] event in self?.happened(event, in: camera) }
  }

  // MARK: The connection

  var isConnected: Bool { connection.socket != nil }

  /// Takes over the student's connection; an earlier one, of another tab or a lost network, is closed.
  func connect(_ socket: WebSocketConnection) {
    leave(.replaced)?.close(.replaced)
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
    exam?.record(.connected, about: id, ["address": socket.remoteAddress])
  }

  private func disconnected(_ socket: WebSocketConnection, reason: WebSocketCloseReason) {
    guard socket === connection.socket else { return }
    leave(reason.fields)
    Task { await camera.stop() }
  }

  /// The server ends the connection.
  ///
  /// - Returns: the socket, to be told why and closed; `nil` if there is none.
  func leave(_ reason: DisconnectReason) -> WebSocketConnection? { leave(["reason": reason.rawValue]) }

  /// The connection has ended, whoever ended it: what was not observed until now and the end itself go into the journal.
  @discardableResult
  private func leave(_ why: [String: String]) -> WebSocketConnection? {
    guard let socket = connection.socket else { return nil }
    connection = .none
    history = nil
    presence.state = .left
    pending.forgetConnection()
    camera.disconnected()
    for stream in others.values {
      stream.disconnected()
      Task { await stream.stop() }
    }
    found(monitor.disconnected(at: .now))
    exam?.record(.disconnected, about: id, why)
    return socket
  }

  /// Releases what observing this student uses.
  func release() async {
    await camera.release()
    for stream in others.values { await stream.release() }
  }

  func send(_ notice: StudentNotice) { connection.socket?.send(text: WireJSON.text(notice)) }

  // MARK: The streams

  /// The page said what it will send.
  func said(hello media: String, from source: StreamSource, on socket: WebSocketConnection) {
    if !connection.saidHello { connection = .open(socket, isWelcomed: false) }
    exam?.did(1, by: id)
    guard let stream = stream(source) ?? addStream(source) else { return }
    Task { await begin(stream, media: media, on: socket) }
  }

  private func stream(_ source: StreamSource) -> StudentStream? {
    source == .camera ? camera : others[source]
  }

  private func addStream(_ source: StreamSource) -> StudentStream? {
    guard let person = exam?.state.person(id) else { return nil }
    let stream = StudentStream(
      source, of: person, fanOut: fanOut, services: services, configuration: configuration)
    stream.onEvent = { [weak self, unowned stream] event in self?.happened(event, in: stream) }
    others[source] = stream
    return stream
  }

  private func begin(_ stream: StudentStream, media: String, on socket: WebSocketConnection) async {
    do {
      try await stream.begin(media: media)
    } catch {
      if socket === connection.socket { stream.couldNotBegin(error) }
      return
    }
    // The socket may have closed meanwhile; its successor starts a stream of its own.
    guard case .open(let present, let wasWelcomed) = connection, present === socket else {
      if connection.socket == nil { await stream.stop() }
      return
    }
    connection = .open(socket, isWelcomed: true)
    if stream === camera { monitor.forgetLastCheck() }
    send(.welcome(participant: id, window: StudentStream.window, source: stream.source))
    if !wasWelcomed {
      let person = exam?.state.person(id)
      send(.pause(person?.pause))
      send(.hand(up: person?.handSince != nil))
      send(.granted(person?.granted(at: .now) ?? []))
      if let lastWatchers { send(lastWatchers) }
      exam?.studentWelcomed(self)
    }
    happened(.noted(.streamBegan, ["media": media]), in: stream)
    stream.began()
  }

  private func receive(binary message: UnsafeRawBufferPointer, from socket: WebSocketConnection) {
    guard socket === connection.socket else { return }
    guard connection.saidHello else {
      return protocolError(
        "no_hello", "frames came before hello; send hello with the media type and wait for welcome")
    }
    services.metrics.framesReceived.add(1)
    let header: FrameHeader
    do {
      header = try FrameHeader(parsing: message)
    } catch {
      return camera.refuseFrame(error.description)
    }
    if let stream = stream(header.source) {
      stream.take(UnsafeRawBufferPointer(rebasing: message[FrameHeader.byteCount...]), header: header)
    } else {
      services.metrics.framesRefused.add(1)
      refuse("bad_frame", "frames of source \(header.source) came before its hello")
    }
    socket.answer(text: header.acknowledgement)
  }

  private func happened(_ event: StreamEvent, in stream: StudentStream) {
    switch event {
    case .refused(let refusal): refused(refusal)
    case .tell(let notice): send(notice)
    case .noted(let kind, let fields): record(kind, fields, of: stream.source)
    // Only the camera is checked, and determines whether the student counts as seen.
    case _ where stream !== camera: break
    case .observed(let observation):
      found(monitor.observed(observation, at: .now))
      if monitor.isPictureInDoubt { camera.searchWholePictureNext() }
    case .checkFailed: monitor.checkFailed()
    case .encoded(let jpeg, let view): found(monitor.offerEvidence(jpeg, view: view, at: .now))
    case .serverWasBlind: monitor.serverWasBlind(at: .now)
    case .noPicture(let reason): noPicture(reason)
    }
  }

  private func record(_ kind: JournalEvent.Kind, _ fields: [String: String], of source: StreamSource) {
    var fields = fields
    if source != .camera { fields["source"] = "\(source)" }
    exam?.record(kind, about: id, fields)
  }

  /// Records for teachers why there is no picture; it applies as long as there is none.
  private func noPicture(_ reason: NoPictureReason) {
    problem = reason
    guard presence.state == .noPicture, presence.noPictureReason != reason else { return }
    presence.noPictureReason = reason
    exam?.lineChanged(id)
  }

  /// Somebody begins or stops watching a stream.
  func updateDemand(_ stream: StreamView) { self.stream(stream.source)?.updateDemand(stream.view) }

  // MARK: What cannot be used

  /// - Parameters:
  ///   - isAnswer: somebody waits for this answer, so it is sent however many came before.
  ///   - text: the refused message; the answer names it.
  func refuse(
    _ code: String, _ detail: String, why: WireError.Why? = nil, retryAfter: Int? = nil,
    isAnswer: Bool = false, of text: String? = nil
  ) {
    let report = refusals.add(code, at: .now)
    refused(
      StudentRefusal(
        notice: ErrorNotice(
          code: code, why: why, detail: detail, retryAfter: retryAfter, id: text.flatMap(WireJSON.requestID)),
        isSent: report.tellStudent || isAnswer, journalCount: report.journalCount))
  }

  private func refused(_ refusal: StudentRefusal) {
    let notice = refusal.notice
    if refusal.isSent { send(.error(notice)) }
    guard let count = refusal.journalCount else { return }
    services.recorder.logger.log(
      level: refusal.cause == nil ? .info : .warning, "\(notice.code)",
      metadata: [
        "session": "\(exam?.code.digits ?? "")", "participant": "\(id)", "name": "\(name)",
        "source": "\(notice.source ?? .camera)", "cause": "\(refusal.cause ?? notice.detail)",
      ])
    record(
      .uploadRefused, ["code": notice.code, "count": String(count)], of: notice.source ?? .camera)
  }

  /// Something that our page never does: the connection ends.
  func protocolError(_ code: String, _ detail: String) {
    refused(StudentRefusal(notice: ErrorNotice(code: code, detail: detail), isSent: true, journalCount: 1))
    connection.socket?.close(code: CloseCode.policy, reason: code)
  }

  // MARK: Time

  /// Call it several times a second.
  ///
  /// - Parameter analysisRate: pictures per second for the face check.
  func tick(analysisRate: Double, at now: Instant) {
    camera.setAnalysisRate(analysisRate)
    handlePending(at: now)
    let decoded = camera.tick(at: now)
    for stream in others.values {
      stream.setAnalysisRate(analysisRate)
      _ = stream.tick(at: now)
    }
    if decoded {
      problem = nil
      if !hasBeenSeen { exam?.record(.firstSeen, about: id) }
      hasBeenSeen = true
    }
    updatePresence(decoded: decoded, at: now)
    found(monitor.tick(at: now, decoded: decoded, stream: camera.condition(at: now)))
  }

  private func updatePresence(decoded: Bool, at now: Instant) {
    guard isConnected else { return }
    let state: PresenceState =
      decoded ? .live : camera.hasPicture(at: now) ? presence.state : .noPicture
    guard state != presence.state else { return }
    presence.state = state
    if state == .noPicture { presence.noPictureReason = problem }
    exam?.lineChanged(id)
  }
}
