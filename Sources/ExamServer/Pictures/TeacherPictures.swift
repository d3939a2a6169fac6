import ExamModel
import WebGateway

/// The pictures one teacher watches over the socket: at most `credit` are in flight, and of each student only the
/// newest one waits. A slow teacher gets newer pictures less often, never older ones.
@GatewayActor
final class TeacherPictures: PictureViewer {
  /// Pictures that may be unacknowledged: enough for a round trip of 50 ms at 300 pictures per second, few enough that
  /// those in flight on a slow line are a fraction of a second old.
  static let credit = 16

  private struct Watch {
    var request: WatchRequest
    var rate: Double
    var channels: Set<PictureChannel> = []
  }

  let watcher: ParticipantID
  private let fanOut: PictureFanOut
  private let maximumRate: Double
  private let send: @GatewayActor (StudentPicture) -> Void
  private var watches: [StreamView: Watch] = [:]
  private var credit = TeacherPictures.credit
  private var waiting: [PictureChannel: StudentPicture] = [:]
  /// The channels of `waiting` in the order in which they began to wait.
  private var queue: [PictureChannel] = []
  /// When the next picture of a channel may be sent.
  private var due: [PictureChannel: Instant] = [:]

  init(
    teacher: ParticipantID, fanOut: PictureFanOut, maximumRate: Double,
    send: @escaping @GatewayActor (StudentPicture) -> Void
  ) {
    watcher = teacher
    self.fanOut = fanOut
    self.maximumRate = maximumRate
    self.send = send
  }

  /// Changes what is watched. `students` are those in the session now.
  func watch(_ request: WatchRequest, students: some Sequence<ParticipantID>) {
    guard let view = request.view else { return stop() }
    let stream = StreamView(source: request.source, view: view)
    let rate = min(max(request.framesPerSecond ?? maximumRate, 0.1), view == .tile ? maximumRate : 30)
    let before = watches[stream]
    watches[stream] = Watch(request: request, rate: rate)
    // A student who stays watched is not released in between: that would cost a key frame, and be reported to the student.
    let wanted = students.filter { isWanted($0, in: request) }.map { PictureChannel(student: $0, stream) }
    watches[stream]?.channels = Set(wanted)
    for channel in before?.channels ?? [] where watches[stream]?.channels.contains(channel) == false {
      detach(from: channel)
    }
    for channel in wanted where before?.rate != rate || before?.channels.contains(channel) != true {
      fanOut.attach(self, to: channel)
    }
    queue.removeAll { waiting[$0] == nil }
  }

  private func isWanted(_ student: ParticipantID, in request: WatchRequest) -> Bool {
    switch request.students {
    case .all: true
    case .some(let students): students.contains(student)
    }
  }

  /// A student joined, who may be included in an open watch.
  func studentCame(_ student: ParticipantID) {
    for (stream, watch) in watches where isWanted(student, in: watch.request) {
      let channel = PictureChannel(student: student, stream)
      watches[stream]?.channels.insert(channel)
      fanOut.attach(self, to: channel)
    }
  }

  func rate(of stream: StreamView) -> Double { watches[stream]?.rate ?? 0 }

  /// Detaches from everything; the teacher has left.
  func stop() { Array(watches.keys).forEach(stopWatching) }

  func ended(_ channel: PictureChannel) {
    watches[channel.stream]?.channels.remove(channel)
    waiting[channel] = nil
    due[channel] = nil
    queue.removeAll { $0 == channel }
  }

  func end() { stop() }

  /// The page handled `frames` more pictures.
  func acknowledge(_ frames: Int) {
    // Clamped before the addition: the number comes from outside and may be the largest there is.
    credit = min(TeacherPictures.credit, credit + min(max(0, frames), TeacherPictures.credit))
    sendWaiting()
  }

  func show(_ picture: StudentPicture) {
    let now = Instant.now
    let channel = picture.channel
    guard let watch = watches[channel.stream] else { return }
    // It replaces the one that waits.
    guard waiting.updateValue(picture, forKey: channel) == nil else { return }
    let interval = Duration.seconds(1 / watch.rate)
    let due = due[channel] ?? now
    // A quarter of tolerance, or every second picture that comes a little early would be dropped; an early picture does
    // not make the next one due earlier.
    guard now >= due - interval / 4 else {
      waiting[channel] = nil
      return
    }
    self.due[channel] = max(due, now - interval) + interval
    queue.append(channel)
    sendWaiting()
  }

  private func sendWaiting() {
    while credit > 0, !queue.isEmpty {
      guard let picture = waiting.removeValue(forKey: queue.removeFirst()) else { continue }
      credit -= 1
      send(picture)
    }
  }

  private func stopWatching(_ stream: StreamView) {
    guard let watch = watches.removeValue(forKey: stream) else { return }
    for channel in watch.channels { detach(from: channel) }
    queue.removeAll { waiting[$0] == nil }
  }

  private func detach(from channel: PictureChannel) {
    fanOut.detach(self, from: channel)
    due[channel] = nil
    waiting[channel] = nil
  }
}
