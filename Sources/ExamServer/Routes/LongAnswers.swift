import ExamModel
import Synchronization
import WebGateway

/// The long answers in progress: each holds a piece in memory for as long as its client takes for it, and shares the
/// archive with the others. So nobody gets many at once, and students together only so many that their teachers still
/// get theirs.
final class LongAnswers: Sendable {
  static let maximum = 64
  /// Of all students together: fewer than may wait to read the archive.
  static let maximumOfStudents = 16
  /// Of one reader. A reloaded page must not have to wait until the server has noticed that the old one was left.
  static func maximum(for role: Role) -> Int { role == .student ? 1 : 3 }

  fileprivate struct Reader: Hashable {
    let session: SessionCode
    let id: ParticipantID
    let role: Role
  }

  private let counts = Mutex<[Reader: Int]>([:])

  /// A slot that is released with its last reference.
  final class Place: Sendable {
    private let answers: LongAnswers
    private let reader: Reader

    fileprivate init(_ answers: LongAnswers, _ reader: Reader) {
      self.answers = answers
      self.reader = reader
    }

    deinit { answers.leave(reader) }
  }

  /// Answers a request with a document.
  func answer(
    _ reader: Admission.Reader, _ document: any LongDocument, from archive: any Archive,
    headers: [(String, String)]
  ) async throws(Refusal) -> HTTPResponse {
    let place = try enter(reader.id, role: reader.role, of: reader.code)
    let answer = try await LongAnswer(of: reader.code, in: place, from: archive, document)
    return HTTPResponse(status: 200, headers: headers, body: answer.body)
  }

  /// A slot for one more answer.
  func enter(_ id: ParticipantID, role: Role, of session: SessionCode) throws(Refusal) -> Place {
    let reader = Reader(session: session, id: id, role: role)
    let refusal: Refusal? = counts.withLock { counts in
      let own = counts[reader, default: 0]
      guard own < Self.maximum(for: role) else { return .answerPending }
      let all = counts.values.reduce(0, +)
      let students = counts.reduce(0) { $0 + ($1.key.role == .student ? $1.value : 0) }
      guard all < Self.maximum, role != .student || students < Self.maximumOfStudents else {
        return .unreadable(ArchiveBusy(retryAfter: 5, "many people read what is kept just now"))
      }
      counts[reader] = own + 1
      return nil
    }
    if let refusal { throw refusal }
    return Place(self, reader)
  }

  private func leave(_ reader: Reader) {
    counts.withLock { counts in
      let rest = counts[reader, default: 0] - 1
      counts[reader] = rest > 0 ? rest : nil
    }
  }
}
