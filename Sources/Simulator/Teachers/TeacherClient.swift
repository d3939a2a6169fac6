import CSoup
import Foundation
import GLibRuntime

/// One simulated teacher: watches all tiles and one student closely, and acknowledges pictures like the page.
@SimulatorActor
final class TeacherClient {
  struct Wishes: Sendable {
    let tileRate: Double
    /// The student to watch closely, if any.
    let focus: String?
    /// Whether alerts that reach this teacher are counted.
    let countsAlerts: Bool
  }

  private static let headerBytes = 16
  private static let focusRate = 10
  /// Microseconds for which a page collects acknowledgements.
  private static let acknowledgementDelay: Int64 = 20_000

  private let address: HTTPClient.SocketAddress
  private let wishes: Wishes
  private unowned let participants: Participants
  private var socket: ClientSocket?
  private var credit = 8
  private var handled = 0
  private var oldestHandled: Int64 = 0
  private var hasLeft = false
  private(set) var isWelcome = false

  init(address: HTTPClient.SocketAddress, wishes: Wishes, participants: Participants) {
    self.address = address
    self.wishes = wishes
    self.participants = participants
  }

  /// - Throws: `GLibError` if the server cannot be reached.
  func connect() async throws {
    let socket = try await participants.client.webSocket(address)
    guard !hasLeft else { return socket.close() }
    self.socket = socket
    socket.listen(
      text: { [unowned self] bytes in received(bytes) }, binary: { [unowned self] bytes in saw(bytes) },
      close: { [unowned self] reason in lost(reason) })
  }

  func leave() {
    hasLeft = true
    socket?.close()
    socket = nil
  }

  private func lost(_ reason: String) {
    socket = nil
    isWelcome = false
    guard !hasLeft else { return }
    participants.tally.connectionLosses += 1
    participants.tally.lossReasons["teacher: " + reason, default: 0] += 1
    Task {
      while !hasLeft, socket == nil {
        try? await Task.sleep(for: .seconds(1))
        try? await connect()
      }
    }
  }

  // MARK: Messages from the server

  private struct Notice: Decodable {
    let type: String
    let credit: Int?
    let student: String?
    let kind: String?
    let state: String?
    let code: String?
  }

  private func received(_ bytes: UnsafeRawBufferPointer) {
    guard let notice = try? JSONDecoder().decode(Notice.self, from: Data(bytes)) else { return }
    switch notice.type {
    case "welcome":
      credit = notice.credit ?? 8
      handled = 0
      isWelcome = true
      socket?.send(text: #"{"type":"watch","view":"tile","students":"all","fps":\#(wishes.tileRate)}"#)
      if let student = wishes.focus {
        socket?.send(
          text: #"{"type":"watch","view":"focus","students":["\#(student)"],"fps":\#(Self.focusRate)}"#)
      }
    case "alert":
      if wishes.countsAlerts, notice.state == "confirmed", let student = notice.student,
        let kind = notice.kind
      {
        participants.alertCame(kind, student: student)
      }
    case "error": participants.tally.serverErrors["teacher: \(notice.code ?? "?")", default: 0] += 1
    case "ended": leave()
    default: break
    }
  }

  private func saw(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > Self.headerBytes, bytes[0] == 1 else { return }
    let captured = Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self))
    let age = epochMicroseconds() - captured
    if bytes[1] == 0 {
      participants.tally.tiles.add(age)
      participants.tally.recentTiles.add(age)
    } else {
      participants.tally.focus.add(age)
    }
    if handled == 0 { oldestHandled = monotonicMicroseconds() }
    handled += 1
    if handled >= max(1, credit / 4) { acknowledge() }
  }

  /// Acknowledges the pictures handled, if any have waited long enough. Call it every few milliseconds.
  func tick(at now: Int64) {
    if handled > 0, now - oldestHandled >= Self.acknowledgementDelay { acknowledge() }
  }

  private func acknowledge() {
    socket?.send(text: #"{"type":"ack","frames":\#(handled)}"#)
    handled = 0
  }
}
