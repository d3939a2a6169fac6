import ExamModel

/// A report from an archive, made in pieces: a page contains the pictures of an exam.
struct ReportDocument: Sendable {
  private let session: SessionCode
  private let format: ReportFormat
  private let zone: ReportClock.Zone
  private let look: ReportLook
  private let note: @Sendable (String) -> Void
  /// `nil` until the report is made from the journal.
  private var writer: ReportWriter?

  /// - Parameter note: called for each picture that should be in this format and is not there, with a line.
  init(
    of session: SessionCode, as format: ReportFormat, zone: ReportClock.Zone, look: ReportLook,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.session = session
    self.format = format
    self.zone = zone
    self.look = look
    self.note = note
  }

  /// Writes its next part.
  ///
  /// - Returns: whether there is more.
  mutating func write(to document: inout [UInt8], from archive: any ArchiveReader) throws -> Bool {
    let session = session
    if writer == nil {
      guard let report = try SessionReport.read(session, from: archive, at: .now) else { throw SessionGone() }
      for problem in format.pictureProblems(of: report) { note("report of session \(session): \(problem)") }
      writer = ReportWriter(report, as: format, zone: zone, look: look)
    }
    return writer?.write(to: &document) { try archive.picture(of: $0, in: session) } ?? false
  }
}
