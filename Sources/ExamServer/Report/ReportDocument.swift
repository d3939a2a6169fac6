import ExamModel

/// A report in one of its formats, made in pieces: a page holds the pictures of an exam, a student's at a time are enough.
struct ReportDocument: Sendable {
  private let session: SessionCode
  private let format: ReportFormat
  private let zone: ReportClock.Zone
  private let note: @Sendable (String) -> Void
  /// `nil` until it is made of the journal.
  private var report: SessionReport?
  private var writtenStudents = 0

  /// - Parameter note: told of pictures that should be there and are not, a line each.
  init(
    of session: SessionCode, as format: ReportFormat, zone: ReportClock.Zone,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.session = session
    self.format = format
    self.zone = zone
    self.note = note
  }

  /// Writes the next part of it.
  ///
  /// - Returns: whether there is more.
  mutating func write(to document: inout [UInt8], from archive: any ArchiveReader) throws -> Bool {
    let session = session
    let picture: (AlertID) throws -> [UInt8]? = { try archive.picture(of: $0, in: session) }
    guard let report else {
      guard let report = try SessionReport.read(session, from: archive, at: .now) else { throw SessionGone() }
      for problem in report.pictureProblems { note("report of session \(session): \(problem)") }
      self.report = report
      guard format == .html else {
        document += format.text(report, zone: zone, picture: picture).utf8
        return false
      }
      document += ReportPage(report, zone: zone, picture: picture).opening.text.utf8
      return true
    }
    let page = ReportPage(report, zone: zone, picture: picture)
    guard writtenStudents < report.students.count else {
      document += page.closing.text.utf8
      return false
    }
    document += page.section(writtenStudents).text.utf8
    writtenStudents += 1
    return true
  }
}
