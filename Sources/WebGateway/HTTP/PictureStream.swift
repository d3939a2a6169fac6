public import GLibRuntime

/// An endless multipart/x-mixed-replace answer: a changing picture, for any MJPEG client.
///
/// At most one picture is being sent; of those offered meanwhile only the newest waits. So a slow reader sees fewer
/// pictures, never old ones, and costs no memory.
///
/// A picture is followed at once by the next part's boundary and headers, which carry no `Content-Length`: a browser's
/// `<img>` shows a picture only when the next part's headers have arrived, and at that time the next picture's length
/// is unknown. ffmpeg (`-f mpjpeg`), GStreamer (`multipartdemux`) and curl accept this form too: without a length they
/// search for the boundary.
@GatewayActor
public final class PictureStream {
  private static let boundary = "exam-monitoring-picture"
  static let contentType = "multipart/x-mixed-replace; boundary=" + boundary
  /// The boundary and headers before the first picture.
  private static let opening = SharedBytes(Array("--\(boundary)\r\nContent-Type: image/jpeg\r\n\r\n".utf8))
  /// What a stream sends before its first picture to find out whether the client is still there, part of the preamble,
  /// which every reader skips; and what ends a picture.
  private static let lineBreak = SharedBytes(Array("\r\n".utf8))

  /// Called exactly once when the stream is over, for whatever reason.
  public var onClose: (@GatewayActor () -> Void)?

  private weak var exchange: HTTPExchange?
  private let server: WebServer
  private var waiting: SharedBytes?
  private var last: SharedBytes?
  private var chunksOnTheWay = 0
  private var isEnding = false
  private var lastWrite = monotonicSeconds()

  init(exchange: HTTPExchange, server: WebServer) {
    self.exchange = exchange
    self.server = server
  }

  private var isOpen: Bool { exchange != nil && !isEnding }

  /// Sends a picture now or after the current one, replacing one that waits. Never blocks, and copies nothing.
  public func offer(_ jpeg: SharedBytes) {
    guard isOpen, jpeg.count > 0 else { return }
    if chunksOnTheWay > 0 {
      if waiting != nil { server.statistics.picturesSkipped += 1 }
      waiting = jpeg
    } else {
      write(jpeg)
    }
  }

  /// Ends the stream after the picture that is being sent.
  public func end() {
    guard isOpen else { return }
    isEnding = true
    waiting = nil
    exchange?.endStream()
  }

  private func write(_ jpeg: SharedBytes) {
    let picture = [jpeg, Self.lineBreak, Self.opening]
    write(last == nil ? [Self.opening] + picture : picture)
    last = jpeg
  }

  private func write(_ chunks: [SharedBytes]) {
    chunksOnTheWay = chunks.count
    lastWrite = monotonicSeconds()
    exchange?.write(chunks)
  }

  /// One chunk has gone to the kernel.
  func chunkWritten() {
    guard chunksOnTheWay > 0 else { return }
    chunksOnTheWay -= 1
    if chunksOnTheWay == 0, let next = waiting {
      waiting = nil
      write(next)
    }
  }

  /// A body without news does not notice that its reader has gone, so something is sent from time to time.
  func sweep(now: Double) {
    guard isOpen, chunksOnTheWay == 0, now - lastWrite >= server.configuration.pictureRepeatInterval else {
      return
    }
    if let last { write(last) } else { write([Self.lineBreak]) }
  }

  func closed() {
    server.statistics.openPictureStreams -= 1
    exchange = nil
    waiting = nil
    last = nil
    let callback = onClose
    onClose = nil
    callback?()
  }
}
