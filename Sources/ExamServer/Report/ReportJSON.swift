import ExamModel

/// A report for programs: the fields of `Head`, and `students`. They are named like those on the wire; `until` is
/// omitted if something has not ended.
enum ReportJSON {
  struct Head: Codable, Hashable {
    let generated_at: Timestamp
    /// The end of the report: that of the session, or how far an unfinished one had come.
    let as_of: Timestamp
    let session: Session
    let totals: Totals
  }

  struct Session: Codable, Hashable {
    let code: SessionCode
    let title: String
    let from: Timestamp
    let until: Timestamp?
    let is_finished: Bool
    let end_reason: EndReason?
    let ended_by: String?
    let teachers: [String]
    let chat_messages: Int
    /// Of kinds unknown to this version.
    let unknown_events: [String: Int]
  }

  struct Count: Codable, Hashable {
    let kind: AlertKind
    let alerts: Int
  }

  /// What teachers said of the alerts of one kind; the last three are absent if too few were judged.
  struct KindTotals: Codable, Hashable {
    let kind: AlertKind
    let alerts: Int
    let right: Int
    let wrong: Int
    let not_judged: Int
    let right_share: Double?
    let right_low: Double?
    let right_high: Double?

    init(_ verdicts: ReportVerdicts) {
      kind = verdicts.kind
      alerts = verdicts.alerts
      right = verdicts.right
      wrong = verdicts.wrong
      not_judged = verdicts.notJudged
      right_share = verdicts.share?.right
      right_low = verdicts.share?.low
      right_high = verdicts.share?.high
    }
  }

  struct Totals: Codable, Hashable {
    let students: Int
    let alerts: Int
    let open_alerts: Int
    let by_kind: [KindTotals]
    let blind_seconds: Double
  }

  struct Span: Codable, Hashable {
    let from: Timestamp
    let until: Timestamp?
    let seconds: Double

    init(_ span: ReportSpan) {
      from = span.from
      until = span.isOpen ? nil : span.until
      seconds = span.seconds
    }
  }

  struct BlindSpotEntry: Codable, Hashable {
    let cause: BlindSpot.Cause
    let from: Timestamp
    let until: Timestamp
    let seconds: Double
  }

  struct BlindSeconds: Codable, Hashable {
    let cause: BlindSpot.Cause
    let seconds: Double
  }

  struct PauseEntry: Codable, Hashable {
    let from: Timestamp
    let until: Timestamp?
    let seconds: Double
    let reason: String
    let by: String
  }

  struct Alert: Codable, Hashable {
    /// With the state of its picture.
    let record: AlertRecord
    let judgement: AlertJudgement?
    /// Up to the report's end while it is open.
    let seconds: Double

    private enum CodingKeys: String, CodingKey { case seconds }

    init(_ alert: ReportStudent.Alert) {
      var record = alert.record
      record.pictureState = alert.picture
      self.record = record
      judgement = alert.judgement
      seconds = alert.span.seconds
    }

    /// The alert as on the wire, plus what the report adds.
    init(from decoder: any Decoder) throws {
      let judged = try AlertWithVerdict(from: decoder)
      (record, judgement) = (judged.alert, judged.judgement)
      seconds = try decoder.container(keyedBy: CodingKeys.self).decode(Double.self, forKey: .seconds)
    }

    func encode(to encoder: any Encoder) throws {
      try AlertWithVerdict(record, judgement).encode(to: encoder)
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(seconds, forKey: .seconds)
    }
  }

  struct Student: Codable, Hashable {
    let participant_id: ParticipantID
    let name: String
    let joined_at: Timestamp?
    let has_streamed: Bool
    let present_seconds: Double
    let presence: [Span]
    let blind_seconds: Double
    let blind_seconds_by_cause: [BlindSeconds]
    let blind_spots: [BlindSpotEntry]
    let pauses: [PauseEntry]
    let accommodations: [Accommodation]
    let baseline: Baseline?
    let dismissed: Dismissal?
    let alerts: [Alert]
    let alerts_by_kind: [Count]
    let chat_written: Int
    let chat_received: Int
  }

}

extension ReportJSON.Head {
  init(_ report: SessionReport) {
    generated_at = report.generatedAt
    as_of = report.until
    session = ReportJSON.Session(
      code: report.code, title: report.title, from: report.from,
      until: report.isFinished ? report.until : nil, is_finished: report.isFinished,
      end_reason: report.ending?.reason, ended_by: report.ending?.by,
      teachers: report.teachers, chat_messages: report.chatMessages,
      unknown_events: Dictionary(uniqueKeysWithValues: report.unknownEvents.map { ($0.kind, $0.count) }))
    totals = ReportJSON.Totals(
      students: report.students.count, alerts: report.alerts.count, open_alerts: report.openAlerts,
      by_kind: report.verdicts.map(ReportJSON.KindTotals.init),
      blind_seconds: report.blindSeconds)
  }
}

extension ReportJSON.Student {
  init(_ student: ReportStudent) {
    participant_id = student.id
    name = student.name
    joined_at = student.joinedAt
    has_streamed = student.hasStreamed
    present_seconds = student.presentSeconds
    presence = student.presence.map(ReportJSON.Span.init)
    blind_seconds = student.blindSeconds
    blind_seconds_by_cause = student.blindSecondsByCause.map {
      ReportJSON.BlindSeconds(cause: $0.cause, seconds: $0.seconds)
    }
    blind_spots = student.blindSpots.map {
      ReportJSON.BlindSpotEntry(
        cause: $0.cause, from: $0.span.from, until: $0.span.until, seconds: $0.span.seconds)
    }
    pauses = student.pauses.map {
      ReportJSON.PauseEntry(
        from: $0.span.from, until: $0.span.isOpen ? nil : $0.span.until, seconds: $0.span.seconds,
        reason: $0.pause.reason, by: $0.pause.by)
    }
    accommodations = student.accommodations
    baseline = student.baseline
    dismissed = student.dismissal
    alerts = student.alerts.map(ReportJSON.Alert.init)
    alerts_by_kind = student.alertCounts.map { ReportJSON.Count(kind: $0.kind, alerts: $0.count) }
    chat_written = student.chatWritten
    chat_received = student.chatReceived
  }
}
