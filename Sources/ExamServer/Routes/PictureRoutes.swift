import ExamModel
import GLibRuntime
import WebGateway

/// Students' pictures over plain HTTP, for `<img>` and any MJPEG client.
@GatewayActor
final class PictureRoutes {
  private let admission: Admission
  private var seats = PictureSeats()

  init(admission: Admission) { self.admission = admission }

  func register(on server: WebServer) {
    let student = "/api/sessions/:code/students/:student"
    server.route(.get, student + "/live.mjpeg", refusing: stream)
    server.route(.get, student + "/live.jpg", refusing: onePicture)
  }

  private func stream(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let (session, watcher, channel) = try await channel(request)
    let most = PictureSeats.most(for: watcher, students: session.students.count)
    guard seats.haveRoom(for: watcher.id, most: most) else { throw Self.tooManyStreams(most) }
    return HTTPResponse(
      status: 200,
      body: .pictures { [self] stream in
        guard seats.take(watcher.id, most: most) else { return stream.end() }
        PictureStreamViewer(stream, watcher: watcher.id).watch(channel, of: session.fanOut) { [self] in
          seats.leave(watcher.id)
        }
      })
  }

  private func onePicture(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let (session, watcher, channel) = try await channel(request)
    let most = PictureSeats.most(for: watcher, students: session.students.count)
    guard seats.take(watcher.id, most: most) else { throw Self.tooManyStreams(most) }
    defer { seats.leave(watcher.id) }
    let viewer = SinglePictureViewer(watcher: watcher.id)
    guard let jpeg = await viewer.next(of: channel, from: session.fanOut) else {
      throw Refusal(
        status: 503, title: "No picture", detail: "This student's camera delivers no picture at the moment.",
        code: "no_picture", retryAfter: 2)
    }
    return HTTPResponse(status: 200, headers: [("Content-Type", "image/jpeg")], body: .shared(jpeg))
  }

  private func channel(
    _ request: HTTPRequest
  ) async throws(Refusal) -> (ExamSession, Participant, PictureChannel) {
    let (session, watcher) = try await admission.participant(request, role: nil)
    if watcher.role == .student, watcher.id.rawValue != request.parameters["student"] {
      throw .notForStudents
    }
    let student = ParticipantID(rawValue: request.parameters["student"] ?? "")
    guard session.students[student] != nil else {
      throw Refusal(
        status: 404, title: "No such student", detail: "There is no student \(student) in this session.",
        code: "unknown_student")
    }
    let name = request.query["view"] ?? "tile"
    guard let view = PictureView(name: name) else {
      throw .badRequest("Unknown view", "view is tile or focus, not \(name.prefix(40)).")
    }
    let number = request.query["source"] ?? "\(StreamSource.camera)"
    guard let source = UInt16(number).flatMap(StreamSource.init) else {
      let sources = StreamSource.all.map(\.description).joined(separator: ", ")
      throw .badRequest("Unknown source", "source is one of \(sources), not \(number.prefix(40)).")
    }
    return (session, watcher, PictureChannel(student: student, source: source, view: view))
  }

  private static func tooManyStreams(_ most: Int) -> Refusal {
    Refusal(
      status: 429, title: "Too many pictures at once",
      detail: "You watch \(most) pictures at once already, which is the most. Close one of them first.",
      code: "too_many_streams", retryAfter: 5)
  }
}

/// Shows one student to one reader of a multipart stream. The stream's callbacks keep it alive.
@GatewayActor
private final class PictureStreamViewer: PictureViewer {
  let watcher: ParticipantID
  private let stream: PictureStream

  init(_ stream: PictureStream, watcher: ParticipantID) {
    self.stream = stream
    self.watcher = watcher
  }

  func watch(
    _ channel: PictureChannel, of fanOut: PictureFanOut, closed: @escaping @GatewayActor () -> Void
  ) {
    stream.onClose = {
      fanOut.detach(self, from: channel)
      closed()
    }
    fanOut.attach(self, to: channel)
  }

  func rate(of stream: StreamView) -> Double { .infinity }

  func show(_ picture: StudentPicture) { stream.offer(picture.jpeg) }

  func ended(_ channel: PictureChannel) { end() }

  func end() { stream.end() }
}

/// Waits for one picture.
@GatewayActor
private final class SinglePictureViewer: PictureViewer {
  /// A student's frames come ten times a second; a stream that must be restarted takes a key frame.
  private static let patience = Duration.seconds(3)

  let watcher: ParticipantID
  private var waiting: CheckedContinuation<SharedBytes?, Never>?

  init(watcher: ParticipantID) { self.watcher = watcher }

  func rate(of stream: StreamView) -> Double { .infinity }

  func show(_ picture: StudentPicture) { finish(picture.jpeg) }

  func ended(_ channel: PictureChannel) { end() }

  func end() { finish(nil) }

  func next(of channel: PictureChannel, from fanOut: PictureFanOut) async -> SharedBytes? {
    let timeout = Task { [self] in
      try? await Task.sleep(for: Self.patience)
      finish(nil)
    }
    defer {
      timeout.cancel()
      fanOut.detach(self, from: channel)
    }
    return await withCheckedContinuation { continuation in
      waiting = continuation
      fanOut.attach(self, to: channel)
    }
  }

  private func finish(_ jpeg: SharedBytes?) {
    waiting?.resume(returning: jpeg)
    waiting = nil
  }
}
