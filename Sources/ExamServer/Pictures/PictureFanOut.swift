import ExamModel
import GLibRuntime
import WebGateway

/// One encoded picture of one student, shared by all who watch.
struct StudentPicture: Sendable {
  let channel: PictureChannel
  /// The student's number in the roster.
  let number: UInt32
  let jpeg: SharedBytes
  /// Microseconds since the Unix epoch, by the student's clock.
  let capturedAt: Int64
}

/// One of a student's streams in one size.
struct StreamView: Sendable, Hashable {
  static let all = StreamSource.all.flatMap { source in
    PictureView.allCases.map { StreamView(source: source, view: $0) }
  }

  let source: StreamSource
  let view: PictureView
}

/// What can be watched: one stream of one student in one size.
struct PictureChannel: Sendable, Hashable {
  let student: ParticipantID
  let stream: StreamView

  init(student: ParticipantID, _ stream: StreamView) {
    self.student = student
    self.stream = stream
  }

  init(student: ParticipantID, source: StreamSource = .camera, view: PictureView) {
    self.init(student: student, StreamView(source: source, view: view))
  }
}

/// Somebody who watches pictures.
@GatewayActor
protocol PictureViewer: AnyObject {
  /// Who is watching.
  var watcher: ParticipantID { get }
  /// How many pictures per second are watched.
  func rate(of stream: StreamView) -> Double
  /// Receives the newest picture of a channel it is attached to. Must not block.
  func show(_ picture: StudentPicture)
  /// No more pictures of a channel will come: the student is no longer in the exam.
  func ended(_ channel: PictureChannel)
  /// No more pictures will come: the exam is over.
  func end()
}

/// Distributes each student's pictures to those who watch, and reports when nobody does.
@GatewayActor
final class PictureFanOut {
  /// Called with a channel that gained or lost a viewer.
  var onChange: (PictureChannel) -> Void = { _ in }
  private var viewers: [PictureChannel: [ObjectIdentifier: any PictureViewer]] = [:]

  /// Passes the picture to every viewer of its channel.
  func publish(_ picture: StudentPicture) {
    guard let viewers = viewers[picture.channel] else { return }
    for viewer in viewers.values { viewer.show(picture) }
  }

  func attach(_ viewer: any PictureViewer, to channel: PictureChannel) {
    viewers[channel, default: [:]][ObjectIdentifier(viewer)] = viewer
    onChange(channel)
  }

  func detach(_ viewer: any PictureViewer, from channel: PictureChannel) {
    guard viewers[channel]?.removeValue(forKey: ObjectIdentifier(viewer)) != nil else { return }
    if viewers[channel]?.isEmpty == true { viewers[channel] = nil }
    onChange(channel)
  }

  /// The highest number of pictures per second that a channel's viewers want; 0 without viewers.
  func wantedRate(of channel: PictureChannel) -> Double {
    viewers[channel]?.values.map { $0.rate(of: channel.stream) }.max() ?? 0
  }

  /// Who watches a channel; twice if somebody watches twice.
  func watchers(of channel: PictureChannel) -> [ParticipantID] {
    viewers[channel]?.values.map(\.watcher) ?? []
  }

  /// Tells a student's viewers that no more pictures will come.
  func end(_ student: ParticipantID) {
    for stream in StreamView.all {
      let channel = PictureChannel(student: student, stream)
      for viewer in (viewers.removeValue(forKey: channel) ?? [:]).values { viewer.ended(channel) }
    }
  }

  /// Tells every viewer that no more pictures will come, and forgets them.
  func end() {
    let all = viewers.values.flatMap(\.values)
    viewers = [:]
    for viewer in all { viewer.end() }
  }
}
