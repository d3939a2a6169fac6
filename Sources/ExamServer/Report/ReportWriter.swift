import ExamModel

/// Writes a report in one of its formats, part by part: no part contains more than one picture, or than one student
/// without pictures.
struct ReportWriter: Sendable {
  private enum Part {
    case opening
    case student(Int)
    /// One of a student's alerts, if it has a part of its own.
    case alert(Int, of: Int)
    /// The lines of verdicts, from this one.
    case verdicts(Int)
  }

  private let report: SessionReport
  private let format: ReportFormat
  private let page: ReportPage
  private let csvClock: ReportClock
  /// For `ReportFormat.verdicts`, whose parts are a number of lines.
  private let verdicts: [VerdictLines.Line]
  private static let verdictsInPart = 256
  private var next = Part.opening

  /// - Parameter zone: for the times on a page and in CSV; JSON is for programs and uses UTC.
  init(
    _ report: SessionReport, as format: ReportFormat, zone: ReportClock.Zone, look: ReportLook
  ) {
    self.report = report
    self.format = format
    verdicts = format == .verdicts ? VerdictLines.lines(report) : []
    page = ReportPage(report, zone: zone, look: look)
    csvClock = ReportClock(zone: zone, from: report.from, words: look.words)
  }

  /// Writes the next part.
  ///
  /// - Parameter picture: reads the picture of an alert; `nil` if the file is gone.
  /// - Returns: whether there is more.
  mutating func write(
    to document: inout [UInt8], picture: @escaping (AlertID) throws -> [UInt8]?
  ) -> Bool {
    switch next {
    case .opening:
      document += opening.utf8
      next = format == .verdicts ? .verdicts(0) : .student(0)
    case .student(let index) where index == report.students.count:
      document += closing.utf8
      return false
    case .student(let index):
      switch format {
      case .csv: document += ReportCSV.section(index, of: report, csvClock).utf8
      case .json:
        if index > 0 { document.append(UInt8(ascii: ",")) }
        document += WireJSON.encode(ReportJSON.Student(report.students[index]))
      // They have parts of their own.
      case .verdicts: preconditionFailure()
      case .html:
        document += page.section(index, picture: picture).heading.text.utf8
        next = .alert(0, of: index)
        return true
      }
      next = .student(index + 1)
    case .alert(let alert, let index):
      let section = page.section(index, picture: picture)
      if alert < section.student.alerts.count {
        document += section.row(alert).text.utf8
        next = .alert(alert + 1, of: index)
      } else {
        document += section.closing.text.utf8
        next = .student(index + 1)
      }
    case .verdicts(let first):
      let part = verdicts[first...].prefix(Self.verdictsInPart)
      for line in part {
        document += WireJSON.encode(line)
        document.append(UInt8(ascii: "\n"))
      }
      next = .verdicts(part.endIndex)
      return part.endIndex < verdicts.endIndex
    }
    return true
  }

  private var opening: String {
    switch format {
    case .html: page.opening.text
    case .csv: ReportCSV.opening(report, csvClock)
    case .json: WireJSON.text(ReportJSON.Head(report)).dropLast() + ",\"students\":["
    case .verdicts: ""
    }
  }

  private var closing: String {
    switch format {
    case .html: page.closing.text
    case .csv, .verdicts: ""
    case .json: "]}\n"
    }
  }
}
