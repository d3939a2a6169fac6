import ExamModel
import GLibRuntime
import WebGateway

/// What is sent to those who join later: the current state, the newest of the rest, and older things on request.
extension ExamSession {
  /// - Parameter student: the recipient; `nil` for teachers, who get everything.
  func feed(_ socket: WebSocketConnection, student: ParticipantID?) -> HistoryFeed {
    // For teachers the maximum that somebody may have to read at once; a student only gets what concerns that student.
    let pages = student == nil ? TokenBucket(burst: 250, perSecond: 5) : TokenBucket(burst: 20, perSecond: 2)
    return HistoryFeed(socket, pages: pages) { [weak self] in self?.text($0, student: student) }
  }

  /// The first messages on a connection.
  func beginning(student: ParticipantID?) -> [HistoryFeed.Item] {
    let open = state.alerts.open(about: student).map { HistoryFeed.Item.alert($0) }
    return open + page(HistoryRequest(of: .chat, before: nil), student: student)
      + page(HistoryRequest(of: .alerts, before: nil), student: student)
  }

  /// One page, oldest first, and its marker.
  func page(_ request: HistoryRequest, student: ParticipantID?) -> [HistoryFeed.Item] {
    switch request.of {
    case .chat:
      let page = state.chat.page(before: request.before) { student.map($0.isVisible(toStudent:)) ?? true }
      return page.items.map { .chat($0) }
        + [.mark(HistoryMark(of: .chat, before: page.before, forgotten: state.chat.forgotten))]
    case .alerts:
      let page = state.alerts.page(before: request.before, about: student)
      return page.items.map { .alert($0) } + [
        .mark(HistoryMark(of: .alerts, before: page.before, forgotten: state.alerts.forgotten))
      ]
    }
  }

  /// - Returns: what is wrong with the request, if anything.
  func answer(_ request: HistoryRequest, on feed: HistoryFeed?, student: ParticipantID?) -> WireError? {
    guard let feed else { return nil }
    // Pages are requested one after the other, so what one connection makes the server hold is limited.
    if feed.isSending(request.of) {
      return WireError(
        why: .pagePending,
        detail: "a page of \(request.of.rawValue) is still on its way; ask when it is whole")
    }
    feed.add(page(request, student: student))
    return nil
  }

  private func text(_ item: HistoryFeed.Item, student: ParticipantID?) -> String? {
    switch item {
    case .alert(let id):
      guard let judged = state.alerts.judged(id) else { return nil }
      return student == nil
        ? WireJSON.text(TeacherNotice.alert(judged)) : WireJSON.text(StudentNotice.alert(judged.alert))
    case .chat(let number):
      guard let message = state.chat[number] else { return nil }
      return student == nil
        ? WireJSON.text(TeacherNotice.chat(message, number: number, history: true))
        : WireJSON.text(message.notice(number: number, history: true))
    case .mark(let mark):
      return student == nil
        ? WireJSON.text(TeacherNotice.history(mark)) : WireJSON.text(StudentNotice.history(mark))
    }
  }
}
