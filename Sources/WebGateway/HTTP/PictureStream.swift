public import GLibRuntime

/// An endless multipart/x-mixed-replace answer: a changing picture, for any MJPEG client.
///
/// At most one picture is being sent; of those offered meanwhile only the newest waits. So a slow reader sees fewer
/// pictures, never old ones, and costs no memory.
@GatewayActor
public final class PictureStream {
  /// Called after each picture that was written, when the next can be sent at once. Not for repetitions.
  public var onWritten: (@GatewayActor () -> Void)?
  /// Called exactly once when the stream is over, for whatever reason.
  public var onClose: (@GatewayActor () -> Void)?
  /// Pictures written and replaced unwritten, since the start.
  public private(set) var written = 0
  public private(set) var skipped = 0

  /// The reader's numeric address.
  public let remoteAddress: String
  public var isOpen: Bool { exchange != nil && !isEnding }

  private weak var exchange: HTTPExchange?
  private let core: ServerContext
  private var waiting: MultipartPart?
  private var last: MultipartPart?
  private var chunksOnTheWay = 0
  private var pictureOnTheWay = false
  private var isEnding = false
  private var lastWrite = monotonicSeconds()

  init(exchange: HTTPExchange, core: ServerContext) {
    self.exchange = exchange
    self.core = core
    remoteAddress = exchange.client.clientAddress
  }

  /// Sends a picture now or after the current one, replacing one that waits. Never blocks. For one reader; for several,
  /// make the part once.
  public func offer(_ jpeg: SharedBytes) { offer(MultipartPart(jpeg)) }

  /// Sends a picture that is shared with other streams.
  public func offer(_ part: MultipartPart) {
    guard isOpen else { return }
    if chunksOnTheWay > 0 {
      if waiting != nil {
        skipped += 1
        core.statistics.picturesSkipped += 1
      }
      waiting = part
    } else {
      write(part, isNew: true)
    }
  }

  /// Ends the stream after the picture that is being sent.
  public func end() {
    guard isOpen else { return }
    isEnding = true
    waiting = nil
    exchange?.endStream()
  }

  private func write(_ part: MultipartPart, isNew: Bool) {
    let chunks = last == nil ? [MultipartPart.opening, part.bytes] : [part.bytes]
    last = part
    pictureOnTheWay = isNew
    chunksOnTheWay = chunks.count
    lastWrite = monotonicSeconds()
    exchange?.write(chunks)
  }

  /// One chunk has gone to the kernel.
  func chunkWritten() {
    guard chunksOnTheWay > 0 else { return }
    chunksOnTheWay -= 1
    guard chunksOnTheWay == 0 else { return }
    let wasNew = pictureOnTheWay
    pictureOnTheWay = false
    if wasNew { written += 1 }
    if let next = waiting, !isEnding {
      waiting = nil
      write(next, isNew: true)
    }
    if wasNew { onWritten?() }
  }

  /// A body without news does not notice that its reader has gone, so something is sent from time to time.
  func sweep(now: Double) {
    guard isOpen, chunksOnTheWay == 0, now - lastWrite >= core.configuration.pictureRepeatInterval else {
      return
    }
    if let last {
      write(last, isNew: false)
    } else {
      chunksOnTheWay = 1
      lastWrite = now
      exchange?.write([MultipartPart.preamble])
    }
  }

  func closed() {
    core.statistics.openPictureStreams -= 1
    exchange = nil
    waiting = nil
    last = nil
    onWritten = nil
    let callback = onClose
    onClose = nil
    callback?()
  }
}
