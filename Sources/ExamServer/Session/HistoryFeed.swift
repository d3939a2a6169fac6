import ExamModel
import GLibRuntime
import WebGateway

/// Sends what was before a connection, in pieces as the socket takes them: however long an exam was, its history never
/// fills the outgoing queue, and current events go out between the pieces.
///
/// Each item is sent in its current state, so history never undoes what was sent meanwhile.
@GatewayActor
final class HistoryFeed {
  enum Item: Sendable, Hashable {
    case alert(AlertID)
    /// A line of chat by its number.
    case chat(Int)
    case mark(HistoryMark)
  }

  /// No more is queued while this much waits: an eighth of what closes the connection.
  private var queueLimit: Int { socket.maximumPendingBytes / 8 }
  /// Bytes of one piece, which cost the gateway's thread about 2 ms.
  private static let pieceLimit = 128 * 1024

  private unowned let socket: WebSocketConnection
  private let text: @GatewayActor (Item) -> String?
  /// Each page is looked up and encoded. All of a long exam is a hundred or two of them.
  private var pages: TokenBucket
  private var items: [Item] = []
  private var next = 0

  /// - Parameters:
  ///   - pages: how many may be requested, at once and per second in the long run.
  ///   - text: the message about an item; `nil` if there is nothing to send any more.
  init(
    _ socket: WebSocketConnection, pages: TokenBucket, text: @escaping @GatewayActor (Item) -> String?
  ) {
    self.socket = socket
    self.pages = pages
    self.text = text
  }

  /// Whether a page of this kind is still being sent.
  func isSending(_ kind: HistoryKind) -> Bool {
    items[next...].contains { if case .mark(let mark) = $0 { mark.of == kind } else { false } }
  }

  /// Another page is requested.
  ///
  /// - Returns: how long to wait before asking again; `nil` if the page may be looked up.
  func wait(at now: Instant) -> Duration? { pages.take(at: now) }

  func add(_ items: [Item]) {
    self.items.append(contentsOf: items)
    send()
  }

  private func send() {
    var bytes = 0
    while next < items.count, bytes < Self.pieceLimit, socket.isOpen, socket.pendingBytes < queueLimit {
      defer { next += 1 }
      guard let text = text(items[next]) else { continue }
      bytes += text.utf8.count
      socket.send(text: text)
    }
    if next < items.count {
      socket.onFlushed = { [weak self] in self?.send() }
    } else {
      socket.onFlushed = nil
      items = []
      next = 0
    }
  }
}
