public import GLibRuntime

/// A WebSocket after its handshake.
///
/// Uses GIO's pollable streams, so it is the same over TCP and TLS. What is sent in one turn of the loop is written
/// together at its end. The owner sets the callbacks when it accepts the connection and need not keep it: the server
/// does until it is closed.
@GatewayActor
public final class WebSocketConnection: PolledSocket {
  /// A text message, checked to be UTF-8.
  public var onText: (@GatewayActor (String) -> Void)?
  /// A binary message; the bytes are valid only during the call.
  public var onBinary: (@GatewayActor (UnsafeRawBufferPointer) -> Void)?
  /// Called after the kernel has taken some of what was queued, while messages can be sent.
  public var onFlushed: (@GatewayActor () -> Void)?
  /// Called exactly once, whatever the cause. Nothing is delivered after it.
  public var onClose: (@GatewayActor (WebSocketCloseReason) -> Void)?

  /// The peer's numeric address.
  public let remoteAddress: String
  /// Bytes passed to `send` that the kernel has not taken yet.
  public var pendingBytes: Int { output.pendingBytes }
  /// Largest message the peer may send, in bytes, its fragments together; a larger one closes with 1009.
  public var maximumMessageBytes: Int
  /// What the peer may send; beyond it the connection closes with 1008. Setting it refills it.
  public var budget: WebSocketBudget {
    didSet { meter = WebSocketMeter(budget) }
  }
  /// How many binary messages may have arrived whose answers (`answer`) are not written yet; one more closes with 1008.
  /// A peer that waits for answers never has more than it may have in flight, whatever the network delays: it cannot
  /// have read what was not written.
  public var window: Int?
  /// Largest queue of what the peer has not read, in bytes; beyond it the connection closes with 1013.
  public var maximumPendingBytes: Int
  /// Whether messages can still be sent.
  public var isOpen: Bool { state == .open }

  enum State: Equatable {
    case open
    /// This side's close frame is sent or queued; ends with the peer's, at `deadline`, or with the connection.
    case closing(deadline: Double)
    /// Both sides are done, or one violated the protocol: what is queued is still written, input is dropped.
    case ending(deadline: Double)
    case closed
  }

  /// How much is read and dropped from a peer that was told to stop, in bytes. With less, a reset might destroy the
  /// close frame; with more, a flood would keep costing time.
  static let courtesyBytes = 8 * 1024 * 1024
  /// Seconds for which one peer's messages are processed before it is the others' turn. So when many send at once, each
  /// within its budget, nobody waits for longer than one turn of each.
  static let slice = 0.000_5

  let target: String
  let client: ClientConnection
  let server: WebServer
  let output: OutputQueue
  /// The stream libsoup read the request from: it may hold bytes that arrived right after the request.
  var firstInput: GObjectReference?
  let inputStream: OpaquePointer
  var decoder: WebSocketFrameDecoder
  var state = State.open
  var reason: WebSocketCloseReason?
  var registration: SocketPoller.Registration?
  var waitsForOutput = false
  private var flushIsScheduled = false
  var readIsScheduled = false
  var sliceEnd = 0.0
  /// Whether the decoder has messages that the last turn had no time for.
  var isBehind = false
  /// What the server counts as queued for this peer, in bytes.
  private var countedBytes = 0
  private var closeIsReported = false
  var meter: WebSocketMeter
  /// Bytes that arrived after we stopped listening.
  var droppedBytes = 0
  var lastReceived: Double
  private var lastPing: Double

  init(client: ClientConnection, stolen: GObjectReference, target: String, server: WebServer) {
    self.client = client
    self.server = server
    self.target = target
    remoteAddress = client.clientAddress
    maximumMessageBytes = server.configuration.maximumMessageBytes
    maximumPendingBytes = server.configuration.maximumPendingBytes
    decoder = WebSocketFrameDecoder(maximumMessageBytes: maximumMessageBytes)
    firstInput = stolen
    inputStream = client.pollableInput
    output = OutputQueue(stream: client.pollableOutput, copies: client.isSecure)
    budget = server.configuration.webSocketBudget
    lastReceived = monotonicSeconds()
    lastPing = lastReceived
    meter = WebSocketMeter(budget)
  }

  // MARK: - Sending

  /// Queues a text message; does nothing once the connection is closing.
  public func send(text: String) { send(text, as: .message) }

  /// The same, as the answer to one binary message of the peer, counted by `window`.
  public func answer(text: String) { send(text, as: .answer) }

  private func send(_ text: String, as kind: OutputQueue.Kind) {
    var text = text
    text.withUTF8 { bytes in
      var frame = WebSocketFrame.header(.text, payload: bytes.count, reserving: bytes.count)
      frame.append(contentsOf: bytes)
      enqueue(frame, payload: nil, messageBytes: bytes.count, kind: kind)
    }
  }

  /// Queues one binary message of `binaryHeader` followed by `payload`, which is shared, not copied.
  public func send(binaryHeader: [UInt8], payload: SharedBytes) {
    let count = binaryHeader.count + payload.count
    var frame = WebSocketFrame.header(.binary, payload: count, reserving: binaryHeader.count)
    frame.append(contentsOf: binaryHeader)
    enqueue(frame, payload: payload, messageBytes: count, kind: .message)
  }

  /// Begins the closing handshake after what is queued. `onClose` follows with the peer's answer, or after
  /// `closeTimeout`.
  ///
  /// - Parameters:
  ///   - code: 1000 to 1003, 1007 to 1014 or 3000 to 4999.
  ///   - reason: cut to 123 bytes.
  public func close(code: UInt16, reason text: String) {
    guard state == .open else { return }
    reason = WebSocketCloseReason(cause: .local, code: code, text: text)
    state = .closing(deadline: monotonicSeconds() + server.configuration.closeTimeout)
    output.append(WebSocketFrame.close(code: code, reason: text))
    scheduleFlush()
  }

  private func enqueue(
    _ frame: [UInt8], payload: SharedBytes?, messageBytes: Int, kind: OutputQueue.Kind
  ) {
    guard state == .open else { return }
    guard output.pendingBytes + frame.count + messageBytes <= maximumPendingBytes else { return overflow() }
    server.statistics.webSocketBytesOut += messageBytes
    output.append(frame, payload: payload, kind: kind)
    scheduleFlush()
    countPending()
  }

  /// Too much is queued, for this peer or in total: what is queued is dropped.
  func overflow() {
    server.statistics.webSocketOverflows += 1
    fail(code: 1013, text: "outgoing queue full", cause: .overflow)
  }

  /// The share of its own limit that is queued for this peer.
  var pendingShare: Double { Double(output.pendingBytes) / Double(max(1, maximumPendingBytes)) }

  private func countPending() {
    let change = output.pendingBytes - countedBytes
    countedBytes += change
    if change != 0 { server.countPending(change) }
  }

  /// Writes once what runs now is done, so that the messages of one turn share system calls.
  func scheduleFlush() {
    guard !flushIsScheduled, !waitsForOutput else { return }
    flushIsScheduled = true
    Task { flushScheduled() }
  }

  private func flushScheduled() {
    flushIsScheduled = false
    // What arrived at once counts against the window as a whole, however many turns it takes.
    if isBehind, window != nil, output.pendingAnswers > 0 { return }
    if state != .closed, !waitsForOutput { flush() }
  }

  private func flush() {
    switch output.flush() {
    case .written:
      if waitsForOutput { watchOutput(false) }
      if case .ending = state { shutDownOutput() }
    case .wouldBlock:
      if !waitsForOutput { watchOutput(true) }
    case .failed: finish(lost("write failed"))
    }
    countPending()
    if state == .open { onFlushed?() }
  }

  private func watchOutput(_ output: Bool) {
    waitsForOutput = output
    if let registration { server.poller.watch(registration, input: listens, output: output) }
  }

  func socketIsWritable() { if state != .closed, waitsForOutput { flush() } }

  // MARK: - Ending

  /// Called a few times a second.
  func sweep(now: Double) {
    switch state {
    case .open:
      let configuration = server.configuration
      if now - lastReceived > configuration.pongTimeout {
        finish(WebSocketCloseReason(cause: .timeout, code: 1006, text: "nothing received"))
      } else if now - lastPing >= configuration.pingInterval {
        lastPing = now
        output.put(WebSocketFrame.control(.ping, []), kind: .ping)
        scheduleFlush()
      }
    case .closing(let deadline), .ending(let deadline): if now > deadline { finish(lost("no close frame")) }
    case .closed: break
    }
  }

  /// Drops the connection without a closing handshake.
  func abort() { finish(lost("aborted")) }

  /// The peer violated a rule: tells it, tells the owner at once, and drops what still arrives.
  func fail(code: UInt16, text: String, cause: WebSocketCloseReason.Cause) {
    if reason == nil { reason = WebSocketCloseReason(cause: cause, code: code, text: text) }
    // Otherwise a close frame is already queued.
    if state == .open {
      output.dropUnstarted()
      output.append(WebSocketFrame.close(code: code, reason: text))
      countPending()
    }
    end()
  }

  /// Nothing more will be delivered, and input is ignored: writes what is queued, then ends the connection.
  func end() {
    state = .ending(deadline: monotonicSeconds() + server.configuration.closeTimeout)
    decoder.stop()
    notifyClosed()
    scheduleFlush()
  }

  /// All is written. The connection is not closed yet if bytes of the peer may be in flight: the kernel would answer
  /// them with a reset, which can destroy the close frame before the peer has read it.
  private func shutDownOutput() {
    if reason?.cause == .peer || reason?.cause == .local {
      finish(lost(""))
    } else {
      client.shutDownWriting()
    }
  }

  func lost(_ text: String) -> WebSocketCloseReason {
    WebSocketCloseReason(cause: .connectionLost, code: 1006, text: text)
  }

  func finish(_ cause: WebSocketCloseReason) {
    guard state != .closed else { return }
    state = .closed
    if reason == nil { reason = cause }
    if let registration { server.poller.remove(registration) }
    registration = nil
    output.dropEverything()
    countPending()
    firstInput = nil
    client.close()
    notifyClosed()
    server.webSocketFinished(self)
  }

  private func notifyClosed() {
    guard !closeIsReported, let reason else { return }
    closeIsReported = true
    let callback = onClose
    onClose = nil
    onText = nil
    onBinary = nil
    onFlushed = nil
    server.log(.webSocketClosed(target: target, address: remoteAddress, reason: reason))
    callback?(reason)
  }
}
