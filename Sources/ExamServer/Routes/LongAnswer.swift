import ExamModel
import WebGateway

/// What is produced from an archive in pieces.
protocol LongDocument: Sendable {
  /// Appends the next part to `piece`.
  ///
  /// - Returns: whether there is more.
  mutating func write(to piece: inout [UInt8], from archive: any ArchiveReader) throws -> Bool
}

extension JournalDocument: LongDocument {}
extension ReportDocument: LongDocument {}
extension StudentData: LongDocument {}

/// An answer that is read in pieces, each once the client has taken the previous one: however much is kept, and however
/// slow the client, only one piece is in memory. The archive serves all readers in turn.
actor LongAnswer {
  /// Approximate size of a piece, in bytes.
  private static let pieceBytes = 256 * 1024

  private let archive: any Archive
  private let session: SessionCode
  /// Kept until the sender releases it: with its last piece, or its connection.
  private let place: LongAnswers.Place
  /// `nil` once everything is read.
  private var rest: (any LongDocument)?
  private var first: [UInt8]?

  /// Reads the first piece.
  init(
    of session: SessionCode, in place: LongAnswers.Place, from archive: any Archive,
    _ document: any LongDocument
  ) async throws(Refusal) {
    self.archive = archive
    self.place = place
    self.session = session
    rest = document
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
    return try await read(.further)
  }

  private func read(_ extent: ReadingExtent) async throws -> [UInt8]? {
    guard let rest else { return nil }
    let session = session
    let (piece, further) = try await archive.read(extent) { archive -> ([UInt8], (any LongDocument)?) in
      // If it was erased meanwhile, the rest would be missing as if it had never existed.
      guard try archive.session(session) != nil else { throw SessionGone() }
      var document = rest
      var piece: [UInt8] = []
      var goesOn = true
      while goesOn, piece.count < Self.pieceBytes { goesOn = try document.write(to: &piece, from: archive) }
      return (piece, goesOn ? document : nil)
    }
    self.rest = further
    return piece
  }
}

/// The session was erased meanwhile.
struct SessionGone: Error, CustomStringConvertible {
  let description = "somebody else has erased it just now"
}
