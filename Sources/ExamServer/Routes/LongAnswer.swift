import ExamModel
import WebGateway

/// An answer that is read in pieces, each once the client has taken the previous one: however much is kept, and however
/// slow the client, only one piece is in memory. The archive serves all readers in turn.
actor LongAnswer<State: Sendable> {
  /// Approximate size of a piece, in bytes.
  static var pieceBytes: Int { 256 * 1024 }

  /// Appends to `piece`, and returns whether there is more.
  typealias Step = @Sendable (any ArchiveReader, inout State, inout [UInt8]) throws -> Bool

  private let archive: any Archive
  private let session: SessionCode
  private let step: Step
  /// Kept until the sender releases it: with its last piece, or its connection.
  private let place: LongAnswers.Place
  /// `nil` once everything is read.
  private var state: State?
  private var first: [UInt8]?

  /// Reads the first piece.
  ///
  /// - Parameter state: what `step` needs to continue where it stopped.
  init(
    of session: SessionCode, in place: LongAnswers.Place, from archive: any Archive, beginning state: State,
    step: @escaping Step
  ) async throws(Refusal) {
    self.archive = archive
    self.place = place
    self.session = session
    self.step = step
    self.state = state
    do {
      first = try await read(.whole)
    } catch {
      throw .unreadable(error)
    }
  }

  nonisolated var body: HTTPResponse.Body { .pieces { try await self.next() } }

  private func next() async throws -> [UInt8]? {
    if let piece = first {
      first = nil
      return piece
    }
    return state == nil ? nil : try await read(.further)
  }

  private func read(_ extent: ReadingExtent) async throws -> [UInt8]? {
    guard let state else { return nil }
    let (session, step) = (session, step)
    let (piece, rest) = try await archive.read(extent) { archive -> ([UInt8], State?) in
      // If it was erased meanwhile, the rest would be missing as if it had never existed.
      guard try archive.session(session) != nil else { throw SessionGone() }
      var state = state
      var piece: [UInt8] = []
      var goesOn = true
      while goesOn, piece.count < Self.pieceBytes { goesOn = try step(archive, &state, &piece) }
      return (piece, goesOn ? state : nil)
    }
    self.state = rest
    return piece
  }
}

/// The session was erased meanwhile.
struct SessionGone: Error, CustomStringConvertible {
  let description = "somebody else has erased it just now"
}
