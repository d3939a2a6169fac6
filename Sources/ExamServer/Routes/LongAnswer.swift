import ExamModel
import WebGateway

/// An answer that is read in pieces, each once the client has taken the one before: however much is kept, and however slowly
/// somebody takes it, no more than a piece of it is in memory. The archive serves all who read in turn.
actor LongAnswer<State: Sendable> {
  /// Bytes of a piece, about.
  static var pieceBytes: Int { 256 * 1024 }

  /// Adds to `piece`, and says whether more is to come.
  typealias Step = @Sendable (any ArchiveReader, inout State, inout [UInt8]) throws -> Bool

  private let archive: any Archive
  private let session: SessionCode
  private let step: Step
  /// Kept until whoever sends this lets go of it: with its last piece, or its connection.
  private let place: LongAnswers.Place
  /// `nil` once all is read.
  private var state: State?
  private var first: [UInt8]?

  /// Reads the first piece.
  ///
  /// - Parameter state: what `step` needs to go on where it stopped.
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
      // Erased in the middle, the rest of it would be missing as if there were none.
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

/// Somebody has erased the session meanwhile.
struct SessionGone: Error, CustomStringConvertible {
  let description = "somebody else has erased it just now"
}
