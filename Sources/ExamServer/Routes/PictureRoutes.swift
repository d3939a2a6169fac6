import ExamModel
import GLibRuntime
import WebGateway

/// Students' pictures over plain HTTP, for `<img>` and any MJPEG client.
@GatewayActor
final class PictureRoutes {
  /// A student's frames come ten times a second; a stream that must be restarted takes a key frame.
  private static let patience = Duration.seconds(3)

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
        let viewer = HTTPViewer(watcher.id, onPicture: { stream.offer($0) }, onEnd: { stream.end() })
        // It also keeps the viewer alive.
        stream.onClose = { [self] in
          session.fanOut.detach(viewer, from: channel)
          seats.leave(watcher.id)
        }
        session.fanOut.attach(viewer, to: channel)
      })
  }

  private func onePicture(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
    let (session, watcher, channel) = try await channel(request)
    let most = PictureSeats.most(for: watcher, students: session.students.count)
    guard seats.take(watcher.id, most: most) else { throw Self.tooManyStreams(most) }
    defer { seats.leave(watcher.id) }
    guard let jpeg = await Self.next(of: channel, for: watcher.id, from: session.fanOut) else {
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

  /// The next picture; `nil` if none comes in time.
  private static func next(
    of channel: PictureChannel, for watcher: ParticipantID, from fanOut: PictureFanOut
  ) async -> SharedBytes? {
    let (pictures, came) = AsyncStream.makeStream(of: SharedBytes?.self)
    let viewer = HTTPViewer(watcher, onPicture: { came.yield($0) }, onEnd: { came.yield(nil) })
    fanOut.attach(viewer, to: channel)
    defer { fanOut.detach(viewer, from: channel) }
    let timeout = Task {
      try await Task.sleep(for: patience)
      came.yield(nil)
    }
    defer { timeout.cancel() }
    for await picture in pictures { return picture }
    return nil
  }

  private static func tooManyStreams(_ most: Int) -> Refusal {
    Refusal(
      status: 429, title: "Too many pictures at once",
      detail: "You watch \(most) pictures at once already, which is the most. Close one of them first.",
      code: "too_many_streams", retryAfter: 5)
  }
}

/// Somebody who watches one student over plain HTTP.
@GatewayActor
private final class HTTPViewer: PictureViewer {
  let watcher: ParticipantID
  private let onPicture: (SharedBytes) -> Void
  private let onEnd: () -> Void

  init(_ watcher: ParticipantID, onPicture: @escaping (SharedBytes) -> Void, onEnd: @escaping () -> Void) {
    self.watcher = watcher
    self.onPicture = onPicture
    self.onEnd = onEnd
  }

  func rate(of stream: StreamView) -> Double { .infinity }

  func show(_ picture: StudentPicture) { onPicture(picture.jpeg) }

  func ended(_ channel: PictureChannel) { onEnd() }

  func end() { onEnd() }
}
