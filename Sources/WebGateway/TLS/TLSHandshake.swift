import CGLibShims
import CSoup
import GLibRuntime
import Glibc

/// One connection from accept to the end of its TLS handshake.
///
/// Until the client's first record is complete this costs a descriptor and next to nothing else: a client that is
/// silent, slow or speaks something else never gets a TLS object.
@GatewayActor
final class TLSHandshake: PolledSocket {
  enum End {
    case done
    case failed(String)
    /// Too many are unfinished, and this was the oldest.
    case gaveWay
  }

  private enum State {
    case waitingForHello
    /// There is something to compute: the hello, or the client's answer.
    case inLine(isHello: Bool)
    case computing
    case waitingForAnswer
    /// Told in plain HTTP that this port speaks TLS; what it still sends is dropped.
    case refusingPlain
    case ended
  }

  let client: ClientConnection
  private unowned let handshakes: TLSHandshakes
  private var deadline: Double
  private var registration: SocketPoller.Registration?
  private var state = State.waitingForHello
  /// While computing: the client sent more, or the handshake is to end.
  private var inputCame = false
  private var endWhenComputed: End?
  private var dropped = 0

  /// What a client that speaks plain HTTP may still send, in bytes, and for how long, in seconds.
  private static let courtesyBytes = 256 * 1024
  private static let courtesySeconds = 2.0

  init(_ client: ClientConnection, deadline: Double, handshakes: TLSHandshakes) {
    self.client = client
    self.deadline = deadline
    self.handshakes = handshakes
  }

  func begin(poller: SocketPoller) {
    registration = poller.add(self, descriptor: client.descriptor, onlyNew: true)
    if registration == nil { end(.failed("the socket cannot be watched")) }
  }

  func socketIsReadable() {
    switch state {
    case .waitingForHello: lookAtFirstBytes()
    case .waitingForAnswer: standInLine(isHello: false)
    case .computing: inputCame = true
    case .refusingPlain: drop()
    case .inLine, .ended: break
    }
  }

  private func lookAtFirstBytes() {
    var bytes = [UInt8](repeating: 0, count: FirstRecord.headerBytes)
    let count = recv(client.descriptor, &bytes, bytes.count, Int32(MSG_PEEK | MSG_DONTWAIT))
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
    guard count > 0 else { return end(.failed("the client left before its first record")) }
    switch FirstRecord(bytes[..<count], count: g_socket_get_available_bytes(client.rawSocket)) {
    case .incomplete: if hasLeft { end(.failed("the client left before its first record was whole")) }
    case .clientHello: standInLine(isHello: true)
    case .plainHTTP: refusePlain()
    case .garbage: end(.failed("the client does not speak TLS"))
    }
  }

  /// Unread bytes hide the end of the stream from `recv`.
  private var hasLeft: Bool {
    // POLLRDHUP, which has the same value, is not in Swift's Glibc.
    var socket = pollfd(fd: client.descriptor, events: Int16(EPOLLRDHUP.rawValue), revents: 0)
    return poll(&socket, 1, 0) > 0
  }

  private func standInLine(isHello: Bool) {
    state = .inLine(isHello: isHello)
    handshakes.standInLine(self, isHello: isHello)
  }

  // MARK: - Computing

  /// Its turn has come.
  func compute(_ credentials: TLSCredentials) async {
    guard case .inLine(let isHello) = state else { return }
    if isHello { client.encrypt(credentials) }
    state = .computing
    inputCame = false
    let step = await TLSActor.step(client.stream)
    state = .waitingForAnswer
    if let endWhenComputed { return end(endWhenComputed) }
    switch step {
    case .done: end(.done)
    case .failed(let text): end(.failed(text))
    case .needsInput: if inputCame { standInLine(isHello: false) }
    }
  }

  // MARK: - Plain HTTP

  private func refusePlain() {
    state = .refusingPlain
    deadline = min(deadline, monotonicSeconds() + Self.courtesySeconds)
    client.writeDirectly(Self.plainAnswer)
    g_socket_shutdown(client.rawSocket, 0, 1, nil)
    drop()
  }

  /// Closed with unread input, the connection would be reset and the answer lost.
  private func drop() {
    withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { buffer in
      while dropped <= Self.courtesyBytes {
        let count = recv(client.descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard count > 0 else { break }
        dropped += count
      }
      end(.failed("plain HTTP on a port that speaks TLS"))
    }
  }

  private static let plainAnswer = HTTPResponse.text(
    status: 400, "This port speaks https. Write https:// at the beginning of the address.\n"
  ).raw(reason: "Bad Request")

  // MARK: - The end

  /// Gives up after the deadline.
  func sweep(now: Double) {
    guard now > deadline else { return }
    switch state {
    case .waitingForHello: end(.failed("no whole first record in time"))
    case .refusingPlain: end(.failed("plain HTTP on a port that speaks TLS"))
    default: end(.failed("not done in time"))
    }
  }

  func end(_ how: End) {
    switch state {
    case .ended: break
    // The other thread is using the stream: wait for it.
    case .computing: endWhenComputed = endWhenComputed ?? how
    default:
      state = .ended
      if let registration { handshakes.poller.remove(registration) }
      registration = nil
      handshakes.ended(self, how)
    }
  }
}
