import ExamModel
import GLibRuntime
import WebGateway

/// One teacher's socket: messages in one direction, messages and pictures in the other.
@GatewayActor
final class TeacherConnection {
  /// Seconds in which at least one message goes to each teacher, so that a page can tell silence from a dead server.
  static let heartbeat = 5

  let participant: ParticipantID
  private let socket: WebSocketConnection
  private let pictures: TeacherPictures
  private var history: HistoryFeed?
  private weak var exam: ExamSession?
  /// Changes of what is watched. A page being scrolled sends several a second.
  private var watches = TokenBucket(burst: 20, perSecond: 4)
  /// The newest requests that wait, at most one of each source and view.
  private var waitingWatches: [WatchRequest] = []

  init(participant: ParticipantID, socket: WebSocketConnection, exam: ExamSession) {
    self.participant = participant
    self.socket = socket
    self.exam = exam
    let services = exam.services
    pictures = TeacherPictures(
      teacher: participant, fanOut: exam.fanOut, maximumRate: exam.configuration.maximumTileRate
    ) { [weak socket] picture in
      let header = PictureHeader(
        source: picture.channel.stream.source, view: picture.channel.stream.view,
        studentNumber: picture.number, capturedAt: picture.capturedAt)
      services.metrics.picturesDelivered.add(1)
      socket?.send(binaryHeader: header.bytes, payload: picture.jpeg)
    }
    socket.budget = .teacher
    socket.onText = { [weak self] text in self?.receive(text) }
    socket.onBinary = { [weak self] _ in
      self?.send(.error(ErrorNotice(code: "bad_message", detail: "teachers send text messages only")))
    }
    socket.onClose = { [weak self] reason in
      guard let self else { return }
      pictures.stop()
      self.exam?.teacherDisconnected(self, reason)
    }
  }

  /// Begins with the greeting, the roster and the current notices; alerts and chat follow as the socket takes them.
  func welcome() {
    guard let exam else { return }
    send(
      .welcome(participant: participant, credit: TeacherPictures.credit, heartbeat: Self.heartbeat, at: .now))
    send(exam.roster)
    exam.conditions.notices().forEach(send)
    history = exam.feed(socket, student: nil)
    history?.add(exam.beginning(student: nil))
  }

  func send(_ notice: TeacherNotice) { socket.send(text: WireJSON.text(notice)) }

  /// Sends a notice that was encoded once for all teachers.
  func send(encoded text: String) { socket.send(text: text) }

  func studentCame(_ student: ParticipantID) { pictures.studentCame(student) }

  func close(_ reason: DisconnectReason) {
    pictures.stop()
    exam = nil
    socket.close(reason)
  }

  /// Call it several times a second.
  func tick(at now: Instant) { watchWhatWaits(at: now) }

  private func watch(_ request: WatchRequest, at now: Instant) {
    // Earlier requests for this view are void; no view at all voids all.
    waitingWatches.removeAll {
      request.view == nil || $0.view == request.view && $0.source == request.source
    }
    waitingWatches.append(request)
    watchWhatWaits(at: now)
  }

  private func watchWhatWaits(at now: Instant) {
    guard let exam else { return }
    while let request = waitingWatches.first, watches.take(at: now) == nil {
      waitingWatches.removeFirst()
      pictures.watch(request, students: exam.students.keys)
    }
  }

  private func receive(_ text: String) {
    guard let exam else { return }
    var problem: WireError?
    do {
      let message = try WireJSON.decode(TeacherMessage.self, from: text)
      if let wait = wait(for: message, exam) {
        let seconds = wait.wholeSecondsToWait
        return refuse(
          text, "too_many", "Too much at once; the last thing was not done. Please wait \(seconds) s.",
          retryAfter: seconds)
      }
      switch message {
      case .watch(let request): watch(request, at: .now)
      case .ack(let frames): pictures.acknowledge(frames)
      case .history(let request): problem = exam.answer(request, on: history, student: nil)
      case .unknown: break
      case .command(let command):
        exam.perform(command, by: participant) { [weak self] problem in
          if let problem {
            self?.refuse(text, problem.code ?? "bad_message", problem.detail, why: problem.why)
          }
        }
      }
    } catch {
      problem = error
    }
    if let problem { refuse(text, "bad_message", problem.detail, why: problem.why) }
  }

  private func wait(for message: TeacherMessage, _ exam: ExamSession) -> Duration? {
    switch message {
    case .history: history?.wait(at: .now)
    case .command(let command): exam.waitingTime(of: participant) ?? exam.lookUpTime(of: command)
    case .watch, .ack, .unknown: nil
    }
  }

  private func refuse(
    _ text: String, _ code: String, _ detail: String, why: WireError.Why? = nil, retryAfter: Int? = nil
  ) {
    send(
      .error(
        ErrorNotice(
          code: code, why: why, detail: detail, retryAfter: retryAfter, id: WireJSON.requestID(in: text))))
  }
}
