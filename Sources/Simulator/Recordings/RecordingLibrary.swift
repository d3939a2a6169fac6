/// The recordings that come with the program, and an operator's own.
struct RecordingLibrary: Sendable {
  /// In the first 4.8 s a face sways back to where it began, so that they loop seamlessly; this is a whole number of
  /// cycles of the temporal layers. After that nobody is in the picture.
  private static let secondsWithFace = 4.75

  private let ordinary: Recording
  /// VP8, whatever the others send: the clips of special students are VP8.
  private let face: Recording
  private let frozen: Recording
  private let dark: Recording
  private let emptyRoom: Recording

  /// - Throws: `RehearsalError` if a file is missing or broken, or there is none for the media type.
  init(_ configuration: RehearsalConfiguration) throws {
    let folder = configuration.recordingsDir
    face = try RecordingFile.readIndexed("\(folder)/vp8_l1t3_480x360_300_10.vp8frames", media: "video/x-vp8")
      .prefix(seconds: Self.secondsWithFace)
    frozen = try face.frozen()
    dark = try RecordingFile.read("\(folder)/dark_vp8.ivf", rate: 10)
    emptyRoom = try RecordingFile.read("\(folder)/empty_room_vp8.ivf", rate: 10)
    if let upload = configuration.upload {
      ordinary = try RecordingFile.read(upload, rate: configuration.uploadFps)
      return
    }
    switch configuration.media.replacing(" ", with: "") {
    case "video/x-vp8": ordinary = face
    case "image/jpeg":
      ordinary = try RecordingFile.readIndexed("\(folder)/jpeg_worker_320_q70.mjpeg", media: "image/jpeg")
        .prefix(seconds: Self.secondsWithFace)
    case "video/webm", "video/webm;codecs=vp8":
      ordinary = try RecordingFile.read("\(folder)/mr_webm_vp8_400.webm", rate: 10).prefix(
        seconds: Self.secondsWithFace)
    default:
      throw RehearsalError(
        "There is no recording of \(configuration.media); take video/x-vp8, image/jpeg or video/webm;codecs=vp8, "
          + "or give one with --upload.")
    }
  }

  func clips(of behaviour: Behaviour) -> StudentClips {
    switch behaviour {
    case .ordinary, .reconnecting: StudentClips(ordinary: ordinary, special: ordinary)
    case .frozen: StudentClips(ordinary: face, special: frozen)
    case .dark: StudentClips(ordinary: face, special: dark)
    case .absent: StudentClips(ordinary: face, special: emptyRoom)
    }
  }

  /// What most students send, as text.
  var description: String {
    let rate = (ordinary.rate * 10).rounded() / 10
    let bytes = ordinary.frames.reduce(0) { $0 + $1.data.count } / ordinary.messages.count
    return "\(ordinary.media) at \(rate) messages/s, \(bytes) bytes each"
  }
}
