import CSoup
import Foundation
import GLibRuntime

/// One simulated student: sends a recording at its own rate like the page, and sometimes behaves specially.
@SimulatorActor
final class StudentClient {
  private enum State {
    case idle
    case connecting
    /// Sent hello; the server's welcome has not arrived yet.
    case greeting(ClientSocket)
    case streaming(ClientSocket)
    /// Reconnects at this instant, in microseconds of `monotonicMicroseconds`.
    case away(until: Int64)
    case ended

    var socket: ClientSocket? {
      switch self {
      case .greeting(let socket), .streaming(let socket): socket
      case .idle, .connecting, .away, .ended: nil
      }
    }
  }

  /// A page renews a connection on which nothing was acknowledged for this long.
  private static let frozenAfter: Int64 = 6_000_000
  /// How long a reconnecting student is gone: not long enough to raise an alert.
  private static let timeAway: Int64 = 3_000_000
  private static let retryAfter: Int64 = 1_000_000

  let id: String
  let behaviour: Behaviour
  private let address: HTTPClient.SocketAddress
  private unowned let participants: Participants
  private let clips: StudentClips
  private let schedule: BehaviourSchedule
  /// Of the camera, in microseconds, so that students are not in step.
  private let phase: Int64

  private var state = State.idle
  private var flow = UploadFlow()
  private var clip: Recording
  /// The server wants a key frame.
  private var beginsClipAnew = false
  /// The next one of the recording.
  private var message = 0
  /// When the loop of the recording began.
  private var loopStart: Int64 = 0
  /// When the next frame is due.
  private var nextDue: Int64 = 0
  private var streamStart: Int64 = 0
  private var writer: WebMWriter?
  private var occurrence: Int?
  private var sentAt: [Int64] = []
  private var cameBackAt: Int64?
  private var wasLost = false
  private var buffer: [UInt8] = []

  init(
    index: Int, id: String, behaviour: Behaviour, address: HTTPClient.SocketAddress, clips: StudentClips,
    participants: Participants
  ) {
    self.id = id
    self.behaviour = behaviour
    self.address = address
    self.clips = clips
    self.participants = participants
    schedule = BehaviourSchedule(index: index)
    clip = clips.ordinary
    // Multiples of the golden ratio are evenly distributed, however many students there are.
    let share = (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    phase = Int64(share * 1_000_000 / clips.ordinary.rate)
  }

  var isStreaming: Bool { if case .streaming = state { true } else { false } }

  /// Opens the camera and the connection.
  func start() {
    loopStart = monotonicMicroseconds() + phase
    nextDue = loopStart
    connect()
  }

  func leave() {
    state.socket?.close()
    state = .ended
  }

  // MARK: The connection

  private func connect() {
    state = .connecting
    Task {
      do {
        let socket = try await participants.client.webSocket(address)
        guard case .connecting = state else { return socket.close() }
        greet(on: socket)
      } catch {
        guard case .connecting = state else { return }
        if !wasLost { lost("\(error)") }
        state = .away(until: monotonicMicroseconds() + Self.retryAfter)
      }
    }
  }

  private func greet(on socket: ClientSocket) {
    state = .greeting(socket)
    socket.listen(
      text: { [unowned self] bytes in received(bytes) },
      close: { [unowned self] reason in
        if case .ended = state { return }
        lost(reason)
        state = .away(until: monotonicMicroseconds() + Self.retryAfter)
      })
    socket.send(text: #"{"type":"hello","media":"\#(clip.media)"}"#)
  }

  private func lost(_ reason: String) {
    wasLost = true
    participants.tally.connectionLosses += 1
    participants.tally.lossReasons[reason, default: 0] += 1
  }

  // MARK: Messages from the server

  private static let acknowledgement = Array(#"{"type":"ack","seq":"#.utf8)

  private struct Notice: Decodable {
    let type: String
    let window: Int?
    let seq: UInt32?
    let code: String?
  }

  private func received(_ bytes: UnsafeRawBufferPointer) {
    // Every frame is acknowledged, so it is not worth decoding these as JSON.
    if bytes.starts(with: Self.acknowledgement) {
      var sequence: UInt32 = 0
      for digit in bytes.dropFirst(Self.acknowledgement.count) {
        guard case 48...57 = digit else { break }
        sequence = sequence &* 10 &+ UInt32(digit - 48)
      }
      return acknowledged(sequence)
    }
    guard let notice = try? JSONDecoder().decode(Notice.self, from: Data(bytes)) else { return }
    switch notice.type {
    case "welcome": welcomed(window: notice.window ?? 4)
    case "ack": notice.seq.map(acknowledged)
    case "keyframe": beginsClipAnew = true
    case "restart":
      flow.restarted()
      restartStream()
    case "error": participants.tally.serverErrors[notice.code ?? "?", default: 0] += 1
    case "ended":
      state.socket?.close()
      state = .ended
    default: break
    }
  }

  private func welcomed(window: Int) {
    guard let socket = state.socket else { return }
    wasLost = false
    state = .streaming(socket)
    flow.welcomed(window: window)
    restartStream()
    socket.send(text: #"{"type":"status","page":"visible","camera":"live"}"#)
  }

  /// Like a page's new encoder, starting with a key frame.
  private func restartStream() {
    message = 0
    loopStart = nextDue
    sentAt.removeAll(keepingCapacity: true)
    writer = clip.containerHeader.map { WebMWriter(header: $0) }
    streamStart = monotonicMicroseconds()
  }

  private func acknowledged(_ sequence: UInt32) {
    let before = flow.outstanding
    flow.acknowledged(sequence)
    let now = monotonicMicroseconds()
    let done = min(before - flow.outstanding, sentAt.count)
    for sent in sentAt.prefix(done) { participants.tally.acknowledgements.add(now - sent) }
    sentAt.removeFirst(done)
    participants.tally.acknowledged += done
    if done > 0, let since = cameBackAt {
      participants.tally.comingBack.add(now - since)
      cameBackAt = nil
    }
  }

  // MARK: The camera

  /// Call it every few milliseconds.
  func tick(at now: Int64) {
    guard nextDue <= now else { return }
    if case .ended = state { return }
    behave(at: now)
    if case .away(let until) = state, now >= until { connect() }
    offerFrame(at: now)
    nextDue = nextFrame(after: now)
  }

  private func offerFrame(at now: Int64) {
    let range = clip.messages[message]
    participants.tally.offered += 1
    guard case .streaming(let socket) = state else {
      participants.tally.notConnected += 1
      return
    }
    switch flow.offer(isKey: clip.frames[range.lowerBound].isKey) {
    case .windowFull:
      participants.tally.windowFull += 1
      if let oldest = sentAt.first, now - oldest > Self.frozenAfter {
        socket.drop()
        lost("nothing acknowledged for \(Self.frozenAfter / 1_000_000) s")
        state = .away(until: now + Self.retryAfter)
      }
    case .waitsForKeyFrame: participants.tally.awaitingKeyFrame += 1
    case .send(let sequence):
      participants.tally.lateness.add(now - nextDue)
      send(clip.frames[range], sequence: sequence, on: socket)
    }
  }

  private func send(_ pictures: ArraySlice<Recording.Frame>, sequence: UInt32, on socket: ClientSocket) {
    let now = monotonicMicroseconds()
    buffer.removeAll(keepingCapacity: true)
    buffer.append(1)
    let first = pictures.first
    buffer.append((first?.isKey == true ? 1 : 0) | UInt8(first?.temporalLayer ?? 0) << 1)
    buffer.append(0)
    buffer.append(0)
    withUnsafeBytes(of: sequence.bigEndian) { buffer.append(contentsOf: $0) }
    withUnsafeBytes(of: epochMicroseconds().bigEndian) { buffer.append(contentsOf: $0) }
    for picture in pictures {
      if writer != nil {
        let later = picture.offset - pictures[pictures.startIndex].offset
        let time = Int(now - streamStart) / 1000 + Int(later * 1000)
        buffer += writer!.message(picture.data, isKey: picture.isKey, at: time)
      } else {
        buffer += picture.data
      }
    }
    buffer.withUnsafeBytes { socket.send(binary: $0) }
    sentAt.append(now)
    participants.tally.sent += 1
    participants.tally.bytesSent += buffer.count
  }

  private func nextFrame(after now: Int64) -> Int64 {
    message += 1
    if beginsClipAnew {
      // A recording has its key frame at the beginning; an encoder makes the next picture one.
      beginsClipAnew = false
      loopStart +=
        Int64(clip.frames[clip.messages[message - 1].lowerBound].offset * 1_000_000) + clip.interval
      message = 0
    } else if message == clip.messages.count {
      message = 0
      loopStart += Int64(clip.duration * 1_000_000)
    }
    let due = loopStart + Int64(clip.frames[clip.messages[message].lowerBound].offset * 1_000_000)
    // A camera does not catch up on what it missed, nor does a simulator that was delayed.
    let late = now - due
    if late > 200_000 { loopStart += late }
    return max(due, now)
  }

  // MARK: Behaviour

  private func behave(at now: Int64) {
    guard behaviour != .ordinary, let seconds = participants.secondsSinceStart(now) else { return }
    let present = schedule.occurrence(at: seconds)
    guard present != occurrence else { return }
    occurrence = present
    if behaviour == .reconnecting {
      if present != nil { goAway(now) }
      return
    }
    // Clips begin with a key frame and are of the same size, so the stream continues with another one.
    if present == nil { participants.alerts.ended(student: id) }
    if present != nil { participants.alerts.began(behaviour, student: id, at: seconds) }
    clip = present == nil ? clips.ordinary : clips.special
    message = 0
    loopStart = now
  }

  private func goAway(_ now: Int64) {
    guard case .streaming(let socket) = state else { return }
    socket.drop()
    participants.tally.plannedReconnects += 1
    state = .away(until: now + Self.timeAway)
    cameBackAt = now + Self.timeAway
  }
}

/// What one student sends.
struct StudentClips: Sendable {
  let ordinary: Recording
  let special: Recording
}

/// Microseconds on a monotonic clock.
func monotonicMicroseconds() -> Int64 { Int64(g_get_monotonic_time()) }

/// Microseconds since the Unix epoch.
func epochMicroseconds() -> Int64 { Int64(g_get_real_time()) }
