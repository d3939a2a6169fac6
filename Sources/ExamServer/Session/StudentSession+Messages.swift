import ExamModel
import GLibRuntime
import WebGateway

/// What a student's page reports, and how fast that is processed.
extension StudentSession {
  /// Four times the size of the longest note with every letter escaped.
  private static let maximumTextBytes = 64 * 1024

  func receive(text: String, from socket: WebSocketConnection) {
    guard socket === connection.socket else { return }
    let now = Instant.now
    let isFlood = texts.take(at: now) != nil
    let message: StudentMessage
    guard text.utf8.count <= Self.maximumTextBytes else {
      return refuse("bad_message", "the text is longer than \(Self.maximumTextBytes) bytes")
    }
    do {
      message = try WireJSON.decode(StudentMessage.self, from: text)
    } catch {
      refuse("bad_message", error.detail, why: error.why, of: text)
      return
    }
    switch message {
    case .hello(let media, let source) where !connection.saidHello:
      said(hello: media, from: source, on: socket)
    case _ where !connection.saidHello:
      protocolError("no_hello", "the first message must be hello with the media type; this one was another")
    case .hello(let media, let source):
      handle(.hello(media: media, source: source), later: isFlood, at: now)
    case .status(let report): handle(.status(report), later: isFlood, at: now)
    case .hand(let up): handle(.hand(up: up), later: isFlood, at: now)
    case .note where exam?.isJournalFull == true:
      refuse("quota", JournalQuota.refusal.detail, isAnswer: !isFlood, of: text)
    case .note(let alert, let note):
      if let problem = exam?.problem(with: .note(alert, text: note), by: id) {
        refuse("bad_note", problem.detail, why: problem.why, isAnswer: !isFlood, of: text)
      } else {
        handle(.note(alert: alert, text: note), later: isFlood, at: now, of: text)
      }
    case .chat(let line):
      if let wait = isFlood ? .seconds(1) : exam?.waitingTime(of: id) ?? chats.take(at: now) {
        refuseForNow("this message was dropped", wait, isAnswer: !isFlood, of: text)
      } else {
        exam?.perform(.say(to: .teachers, text: line), by: id) { [weak self] problem in
          if let problem {
            self?.refuse(
              problem.code ?? "bad_chat", problem.detail, why: problem.why, isAnswer: true, of: text)
          }
        }
      }
    case .history(let request):
      if let wait = history?.wait(at: now) {
        refuseForNow("this page was not looked for", wait, isAnswer: !isFlood, of: text)
      } else if let problem = exam?.answer(request, on: history, student: id) {
        refuse("bad_message", problem.detail, why: problem.why, of: text)
      }
    case .unknown:
      break
    }
  }

  private func handle(_ update: PendingUpdates.Update, later: Bool, at now: Instant, of text: String? = nil) {
    guard pending.add(update) else {
      return refuseForNow("this note was dropped", PendingUpdates.betweenNotes, isAnswer: !later, of: text)
    }
    if later {
      refuseForNow("the last one counts", .seconds(1))
    } else {
      handlePending(at: now)
    }
  }

  /// Processes what waits, if the limits allow it now. Call it several times a second.
  func handlePending(at now: Instant) {
    while pending.isWaiting(at: now) {
      if let wait = exam?.waitingTime(of: id) { return refuseForNow("the last one counts", wait) }
      if let update = pending.next(at: now) { handle(update) }
    }
  }

  /// Nothing can wait any longer: notes and the hand are kept.
  func handleAllPending() {
    for update in pending.takeAll() { handle(update) }
  }

  private func handle(_ update: PendingUpdates.Update) {
    switch update {
    case .hello(let media, let source):
      guard let socket = connection.socket else { return }
      said(hello: media, from: source, on: socket)
    case .status(let report):
      let before = presence
      presence.said.add(report)
      found(monitor.pageReported(report, at: .now))
      guard presence != before else { return }
      exam?.did(1, by: id)
      exam?.lineChanged(id)
    case .hand(let up): exam?.perform(up ? .raiseHand : .lowerHand(of: id), by: id)
    case .note(let alert, let text): exam?.perform(.note(alert, text: text), by: id)
    }
  }

  private func refuseForNow(
    _ what: String, _ wait: Duration, isAnswer: Bool = false, of text: String? = nil
  ) {
    let seconds = wait.wholeSecondsToWait
    refuse(
      "too_many", "too much at once: \(what); wait \(seconds) s", retryAfter: seconds, isAnswer: isAnswer,
      of: text)
  }
}
