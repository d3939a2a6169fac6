import CSoup
import GLibRuntime

/// Receiving from the peer.
extension WebSocketConnection {
  /// Takes what arrived along with the request, then watches the connection.
  func begin() {
    // Our own pings detect a dead peer; the socket's timeout would end a quiet connection.
    client.setTimeout(0)
    registration = server.poller.add(self, descriptor: client.descriptor)
    guard registration != nil else { return finish(lost("cannot be watched")) }
    takeTurn()
  }

  func socketIsReadable() {
    // A peer that is behind has the turn already scheduled, and no other.
    if state != .closed, !readIsScheduled { takeTurn() }
  }

  /// Processes what the peer sent, for as long as one peer may take.
  private func takeTurn() {
    sliceEnd = monotonicSeconds() + Self.slice
    // Nothing new is read before everything read so far is processed.
    if isBehind { deliver() }
    if !isBehind, state != .closed, let firstInput {
      read(from: OpaquePointer(g_io_stream_get_input_stream(firstInput.cast())), untilDry: true)
      if !isBehind { self.firstInput = nil }
    } else if !isBehind, state != .closed {
      // TLS may hold decrypted bytes that the socket does not show, so it is read until it is empty.
      read(from: inputStream, untilDry: client.isSecure)
    }
    if isBehind {
      scheduleRead()
    } else if !output.isEmpty, state != .closed {
      // Answers that were held back.
      scheduleFlush()
    }
  }

  private func read(from stream: OpaquePointer, untilDry: Bool) {
    // Several reads per turn, but limited: one busy peer must not keep the others waiting.
    for _ in 0..<8 {
      var error: UnsafeMutablePointer<GError>?
      var capacity = 0
      let count = decoder.withSpace { space in
        capacity = space.count
        return g_pollable_input_stream_read_nonblocking(
          stream, space.baseAddress!, gsize(space.count), nil, &error)
      }
      if let error {
        defer { g_error_free(error) }
        if g_error_matches(error, g_io_error_quark(), gint(G_IO_ERROR_WOULD_BLOCK.rawValue)) != 0 { return }
        return finish(lost("read failed"))
      }
      if count == 0 { return finish(lost("end of stream")) }
      lastReceived = monotonicSeconds()
      deliver()
      if isBehind { return }
      if case .ending = state {
        droppedBytes += count
        if !listens {
          if let registration { server.poller.watch(registration, input: false, output: waitsForOutput) }
          return
        }
      }
      if state == .closed || (count < capacity && !untilDry) { return }
    }
    if untilDry, client.isSecure { scheduleRead() }
  }

  /// Continues in the next turn of the loop.
  private func scheduleRead() {
    guard !readIsScheduled else { return }
    readIsScheduled = true
    Task {
      readIsScheduled = false
      if state != .closed { takeTurn() }
    }
  }

  /// Not for a peer that was told to stop and continues; that it has left is reported all the same.
  var listens: Bool { droppedBytes <= Self.courtesyBytes }

  private func deliver() {
    let now = ContinuousClock.now
    isBehind = false
    while true {
      if case .ending = state {
        // Called once more, so that the stopped decoder drops what it holds.
        _ = try? decoder.next()
        return
      }
      if state == .closed { return }
      decoder.maximumMessageBytes = maximumMessageBytes
      let event: WebSocketFrameDecoder.Event?
      do {
        event = try decoder.next()
      } catch {
        return violated(error)
      }
      do {
        // Fragments too, which the decoder does not report.
        try meter.take(frames: decoder.takeFrameCount(), at: now)
        guard let event else { return }
        try handle(event, at: now)
      } catch {
        return exceeded(error.text)
      }
      if state == .open, monotonicSeconds() > sliceEnd {
        isBehind = true
        return
      }
    }
  }

  private func violated(_ error: WebSocketProtocolError) {
    fail(code: error.code, text: error.text, cause: .protocolError)
  }

  private func exceeded(_ text: String) {
    server.statistics.webSocketFloods += 1
    fail(code: 1008, text: text, cause: .flood)
  }

  private func handle(
    _ event: WebSocketFrameDecoder.Event, at now: ContinuousClock.Instant
  ) throws(WebSocketMeter.Exceeded) {
    switch event {
    case .text:
      guard let text = decoder.withPayload({ String(validating: $0, as: UTF8.self) }) else {
        return violated(.invalidText)
      }
      try meter.takeText(bytes: text.utf8.count, at: now)
      guard state == .open else { return }
      server.statistics.webSocketBytesIn += text.utf8.count
      onText?(text)
    case .binary:
      try meter.takeBinary(bytes: decoder.withPayload(\.count), at: now)
      guard state == .open else { return }
      if let window, output.pendingAnswers >= window {
        return exceeded("more messages under way than the window allows")
      }
      decoder.withPayload { bytes in
        server.statistics.webSocketBytesIn += bytes.count
        onBinary?(bytes)
      }
    case .ping:
      try meter.takeControl(at: now)
      guard state == .open else { return }
      // The newest is enough (RFC 6455, 5.5.3): a peer that does not read must not fill the queue.
      output.put(decoder.withPayload { WebSocketFrame.control(.pong, $0) }, kind: .pong)
      scheduleFlush()
    case .pong: try meter.takeControl(at: now)
    case .close(let code, let text):
      if state == .open {
        reason = WebSocketCloseReason(cause: .peer, code: code, text: text)
        output.append(WebSocketFrame.close(code: code, reason: ""))
      }
      end()
    }
  }
}
