import ExamModel

/// What a report says about one student.
struct ReportStudent: Sendable, Identifiable {
  struct BlindSpotEntry: Sendable, Hashable {
    let span: ReportSpan
    let cause: BlindSpot.Cause
  }

  struct PauseEntry: Sendable, Hashable {
    let span: ReportSpan
    let pause: Pause
  }

  struct Alert: Sendable, Identifiable {
    let record: AlertRecord
    let judgement: AlertJudgement?
    let confirmed: Timestamp
    let span: ReportSpan
    var picture: PictureState

    /// - Parameter end: the end of the report.
    init(_ record: AlertRecord, in alerts: AlertBook, until end: Timestamp) {
      self.record = record
      judgement = alerts.judgement(of: record.id)
      confirmed = alerts.confirmationTime(of: record.id) ?? record.since
      span = ReportSpan(from: record.since, until: record.until, openUntil: end)
      picture = record.pictureState ?? (record.picture == nil ? .notTaken : .kept)
    }

    var id: AlertID { record.id }
    /// A serious alert that no teacher has acknowledged.
    var isUnseen: Bool { record.severity == .high && record.acknowledgedBy == nil }
  }

  let id: ParticipantID
  let name: String
  /// Whether somebody else in the session has the same name.
  var isNameShared = false
  /// `nil` if the journal mentions alerts, but no joining.
  let joinedAt: Timestamp?
  /// Whether pictures ever came.
  let hasStreamed: Bool
  /// When there was a connection.
  let presence: [ReportSpan]
  let blindSpots: [BlindSpotEntry]
  let pauses: [PauseEntry]
  let accommodations: [Accommodation]
  let baseline: Baseline?
  /// How the student was removed, if at all.
  let dismissal: Dismissal?
  /// In order of their beginning.
  var alerts: [Alert]
  /// Lines of chat written by this student, and those written to this student alone.
  let chatWritten: Int
  let chatReceived: Int

  /// - Parameters:
  ///   - alerts: only this student's.
  ///   - end: the end of the report.
  init(_ person: ExamPerson, alerts: [Alert], chat: [ChatMessage], until end: Timestamp) {
    id = person.id
    name = person.name
    joinedAt = person.joinedAt
    hasStreamed = person.hasStreamed
    presence = person.connections.map {
      ReportSpan(from: $0.from, until: $0.until.map { min($0, end) }, openUntil: end)
    }
    blindSpots = person.blindSpots.map {
      BlindSpotEntry(span: ReportSpan(from: $0.from, until: $0.until), cause: $0.cause)
    }
    pauses = person.pauses.map {
      PauseEntry(
        span: ReportSpan(from: $0.span.from, until: $0.span.until.map { min($0, end) }, openUntil: end),
        pause: $0.pause)
    }
    accommodations = person.accommodations
    baseline = person.baseline
    dismissal = person.dismissal
    self.alerts = Self.sorted(alerts)
    chatWritten = chat.count { $0.from == person.id }
    chatReceived = chat.count { $0.to == .participant(person.id) }
  }

  /// Somebody for whom the journal has only alerts, which are reported all the same.
  init(unknown id: ParticipantID, alerts: [Alert]) {
    self.id = id
    name = id.rawValue
    joinedAt = nil
    hasStreamed = true
    presence = []
    blindSpots = []
    pauses = []
    accommodations = []
    baseline = nil
    dismissal = nil
    self.alerts = Self.sorted(alerts)
    chatWritten = 0
    chatReceived = 0
  }

  private static func sorted(_ alerts: [Alert]) -> [Alert] {
    alerts.sorted { ($0.record.since, $0.id.rawValue) < ($1.record.since, $1.id.rawValue) }
  }

  // MARK: Sums

  var presentSeconds: Double { presence.totalSeconds }
  var blindSeconds: Double { blindSpots.map(\.span).totalSeconds }
  var pausedSeconds: Double { pauses.map(\.span).totalSeconds }

  /// How long the server did not observe the student, by reason. If there are two reasons at once both count.
  var blindSecondsByCause: [(cause: BlindSpot.Cause, seconds: Double)] {
    BlindSpot.Cause.allCases.compactMap { cause in
      let spans = blindSpots.filter { $0.cause == cause }.map(\.span)
      return spans.isEmpty ? nil : (cause, spans.totalSeconds)
    }
  }

  /// The kinds that occurred, in the usual order.
  var alertCounts: [(kind: AlertKind, count: Int)] { alerts.map(\.record).countsByKind }
  var openAlerts: Int { alerts.count { $0.record.isOpen } }
  var unseenAlerts: Int { alerts.count { $0.isUnseen } }
  var studentNotes: Int { alerts.count { $0.record.studentNote != nil } }
}

extension [AlertRecord] {
  /// How many there are of each kind that occurs, in the usual order.
  var countsByKind: [(kind: AlertKind, count: Int)] {
    let counts = Dictionary(map { ($0.kind, 1) }, uniquingKeysWith: +)
    return AlertKind.allCases.compactMap { kind in counts[kind].map { (kind, $0) } }
  }
}
