/// A compact store of alerts: an exam of hours has thousands that have ended, most with the same texts.
struct CompactAlerts: Sendable {
  private struct Compact {
    let student: Int32
    let kind: AlertKind
    let severity: AlertSeverity
    let state: AlertState
    let pictureState: PictureState?
    let since: Timestamp
    let confirmed: Timestamp
    let until: Timestamp?
    let duration: Double?
    let confidence: Double
    let thresholds: Int32
    let said: Int32
    let repeats: Int32
    /// The picture's path up to the alert's own file name, or the whole of another path; -1 if there is none.
    let picture: Int32
    let isInFolder: Bool
    let acknowledgedBy: Int32
    let noteBy: Int32
  }

  /// What people wrote, which is hardly ever the same twice.
  private struct Notes {
    let ofTeacher: String?
    let ofStudent: String?
  }

  private var compact: [AlertID: Compact] = [:]
  private var notes: [AlertID: Notes] = [:]
  private var judgements: [AlertID: AlertJudgement] = [:]
  private var texts = Interned<String>()
  private var thresholds = Interned<AlertThresholds>()

  func isOpen(_ id: AlertID) -> Bool { compact[id].map { $0.until == nil } ?? false }
  func judgement(of id: AlertID) -> AlertJudgement? { judgements[id] }
  func confirmationTime(of id: AlertID) -> Timestamp? { compact[id]?.confirmed }

  subscript(id: AlertID) -> AlertRecord? {
    guard let compact = compact[id] else { return nil }
    var record = AlertRecord(
      id: id, student: ParticipantID(rawValue: texts[compact.student]!), kind: compact.kind,
      severity: compact.severity, since: compact.since, confidence: compact.confidence,
      thresholds: thresholds[compact.thresholds]!, said: texts[compact.said])
    record.state = compact.state
    record.until = compact.until
    record.duration = compact.duration
    record.picture = texts[compact.picture].map { compact.isInFolder ? $0 + Self.file(id) : $0 }
    record.pictureState = compact.pictureState
    record.acknowledgedBy = texts[compact.acknowledgedBy]
    record.noteBy = texts[compact.noteBy]
    record.note = notes[id]?.ofTeacher
    record.studentNote = notes[id]?.ofStudent
    record.repeats = Int(compact.repeats)
    return record
  }

  /// Stores the new state of an alert. With a new onset there is no verdict on it.
  ///
  /// - Parameter time: when it came into this state; if its onset is new, when it was confirmed.
  mutating func put(_ record: AlertRecord, at time: Timestamp) {
    let before = compact[record.id]
    // A verdict is about what was told then, and not about another occurrence.
    if let before, before.since != record.since { judgements[record.id] = nil }
    let file = Self.file(record.id)
    let isInFolder = record.picture?.hasSuffix(file) == true
    compact[record.id] = Compact(
      student: texts.index(of: record.student.rawValue), kind: record.kind, severity: record.severity,
      state: record.state, pictureState: record.pictureState, since: record.since,
      confirmed: before.flatMap { $0.since == record.since ? $0.confirmed : nil } ?? time,
      until: record.until,
      duration: record.duration, confidence: record.confidence,
      thresholds: thresholds.index(of: record.thresholds), said: texts.index(of: record.said),
      repeats: Int32(clamping: record.repeats),
      picture: texts.index(of: record.picture.map { isInFolder ? String($0.dropLast(file.count)) : $0 }),
      isInFolder: isInFolder,
      acknowledgedBy: texts.index(of: record.acknowledgedBy), noteBy: texts.index(of: record.noteBy))
    let isNoted = record.note != nil || record.studentNote != nil
    notes[record.id] = isNoted ? Notes(ofTeacher: record.note, ofStudent: record.studentNote) : nil
  }

  mutating func judge(_ id: AlertID, _ judgement: AlertJudgement?) {
    if compact[id] != nil { judgements[id] = judgement }
  }

  mutating func remove(_ id: AlertID) {
    compact[id] = nil
    notes[id] = nil
    judgements[id] = nil
  }

  private static func file(_ id: AlertID) -> String { "\(id).jpg" }
}

/// Values that repeat a lot, each stored once.
private struct Interned<Value: Hashable & Sendable>: Sendable {
  private var values: [Value] = []
  private var indices: [Value: Int32] = [:]

  /// `nil` for -1.
  subscript(index: Int32) -> Value? { index < 0 ? nil : values[Int(index)] }

  mutating func index(of value: Value?) -> Int32 {
    guard let value else { return -1 }
    if let index = indices[value] { return index }
    let index = Int32(values.count)
    values.append(value)
    indices[value] = index
    return index
  }
}
