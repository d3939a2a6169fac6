/// The alerts of an exam. Their pictures are in the store.
public struct AlertBook: Sendable {
  private let maximum: Int
  /// Above this, some are dropped from memory. It exceeds `maximum` where all are open or may recur: otherwise each
  /// further alert would cause a search through all of them in vain.
  private var limit: Int
  private var records = CompactAlerts()
  /// The position of each among all there ever were.
  private var places: [AlertID: Int] = [:]
  /// Those held in memory, in the order in which they were first confirmed.
  private var order: [AlertID] = []
  private var orderOfStudent: [ParticipantID: [AlertID]] = [:]
  private var latest: [Subject: AlertID] = [:]
  private var counts: [Subject: Int] = [:]
  private var pictures: [ParticipantID: Int] = [:]
  /// How many ended alerts are no longer held here; they are in the journal.
  public private(set) var forgotten = 0
  /// Of one kind and one student; beyond that the last one is reopened. One a minute for three hours.
  public static let maximumOfAKind = 200

  private struct Subject: Hashable {
    let student: ParticipantID
    let kind: AlertKind
  }

  /// - Parameter maximum: above this the oldest ended alerts are dropped.
  public init(maximum: Int) {
    self.maximum = maximum
    limit = maximum
  }

  /// Stores the new state of an alert.
  ///
  /// - Parameter time: when that came about.
  mutating func put(_ record: AlertRecord, at time: Timestamp) {
    let before = records[record.id]
    if before?.picture == nil, record.picture != nil { pictures[record.student, default: 0] += 1 }
    records.put(record, at: time)
    guard before == nil else { return }
    places[record.id] = forgotten + order.count
    let subject = Subject(student: record.student, kind: record.kind)
    order.append(record.id)
    orderOfStudent[record.student, default: []].append(record.id)
    latest[subject] = record.id
    counts[subject, default: 0] += 1
    if order.count > limit { forget() }
  }

  /// A tenth at once, since removing the first moves all others. Open ones and the last of each kind, which may recur, stay.
  private mutating func forget() {
    let tenth = max(1, maximum / 10)
    let count = order.count - maximum + tenth
    var (ids, students): (Set<AlertID>, Set<ParticipantID>) = ([], [])
    for id in order {
      guard !records.isOpen(id), let record = self[id],
        latest[Subject(student: record.student, kind: record.kind)] != id
      else { continue }
      ids.insert(id)
      students.insert(record.student)
      if ids.count == count { break }
    }
    order.removeAll(where: ids.contains)
    for student in students {
      orderOfStudent[student]?.removeAll(where: ids.contains)
      if orderOfStudent[student]?.isEmpty == true { orderOfStudent[student] = nil }
    }
    for id in ids {
      records.remove(id)
      places[id] = nil
    }
    forgotten += ids.count
    limit = max(maximum, order.count + tenth)
  }

  /// Nothing more will be raised about these students.
  mutating func left(_ students: Set<ParticipantID>) {
    latest = latest.filter { !students.contains($0.key.student) }
    counts = counts.filter { !students.contains($0.key.student) }
    pictures = pictures.filter { !students.contains($0.key) }
  }

  public subscript(id: AlertID) -> AlertRecord? { records[id] }

  /// The verdict on it; `nil` also for an alert that is not held.
  public func judgement(of id: AlertID) -> AlertJudgement? { records.judgement(of: id) }

  /// The alert with the verdict on it.
  public func judged(_ id: AlertID) -> AlertWithVerdict? {
    self[id].map { AlertWithVerdict($0, judgement(of: id)) }
  }

  /// When it was confirmed: for the first time since its onset.
  public func confirmationTime(of id: AlertID) -> Timestamp? { records.confirmationTime(of: id) }

  /// Stores the verdict on an alert, or that there is none any more. Those that are no longer held have theirs in the
  /// journal.
  mutating func judge(_ id: AlertID, _ judgement: AlertJudgement?) { records.judge(id, judgement) }

  private func ids(about student: ParticipantID?) -> [AlertID] {
    student.map { orderOfStudent[$0] ?? [] } ?? order
  }

  /// The current state of all that are held, in the order in which they were first confirmed.
  public var all: [AlertRecord] { order.compactMap { self[$0] } }

  /// Those about one student, the oldest first.
  public func about(_ student: ParticipantID) -> [AlertRecord] { ids(about: student).compactMap { self[$0] } }

  /// Those that are open, about one student or, for `nil`, about all; the oldest first.
  public func open(about student: ParticipantID?) -> [AlertID] {
    ids(about: student).filter(records.isOpen)
  }

  /// A page of those that have ended, about one student or, for `nil`, about all.
  ///
  /// - Parameter before: the page ends before this position; `nil`: with the newest.
  public func page(before: Int?, about student: ParticipantID?) -> HistoryPage<AlertID> {
    let older = ids(about: student).reversed().lazy.map { (id: $0, place: places[$0] ?? 0) }
      .drop { $0.place >= before ?? .max }.filter { !records.isOpen($0.id) }
      .compactMap { item in records[item.id].map { (number: item.place, thing: $0) } }
    return HistoryPage(older) {
      ($0.note?.utf8.count ?? 0) + ($0.studentNote?.utf8.count ?? 0)
    } item: { _, record in
      record.id
    }
  }

  /// How many pictures of a student are kept.
  public func pictures(of student: ParticipantID) -> Int { pictures[student] ?? 0 }

  // MARK: Changes

  /// The alert once a suspicion is confirmed: the new one, or within the cooldown (`again`) the previous one, reopened.
  public func confirmed(_ new: AlertRecord, again: Bool) -> AlertRecord {
    let subject = Subject(student: new.student, kind: new.kind)
    let isFull = counts[subject, default: 0] >= Self.maximumOfAKind
    guard again || isFull, let last = latest[subject], var record = self[last] else { return new }
    // It did not last all that time.
    if !again { record.since = new.since }
    record.state = .confirmed
    record.until = nil
    record.duration = nil
    record.repeats += 1
    record.confidence = new.confidence
    record.thresholds = new.thresholds
    record.said = new.said
    return record
  }

  /// The alert once its condition has ended; `nil` if none is open.
  public func cleared(_ kind: AlertKind, student: ParticipantID, at time: Timestamp) -> AlertRecord? {
    guard let id = latest[Subject(student: student, kind: kind)], var record = self[id], record.isOpen
    else { return nil }
    record.state = .cleared
    record.until = time
    record.duration = Double(max(0, time.microseconds - record.since.microseconds)) / 1_000_000
    return record
  }

  /// The alert once a teacher has acknowledged it; `nil` for one that is unknown.
  func acknowledged(_ id: AlertID, by name: String, note: String?) -> AlertRecord? {
    guard var record = self[id] else { return nil }
    // One that has cleared stays cleared; who acknowledged it is kept all the same.
    if record.isOpen { record.state = .acknowledged }
    record.acknowledgedBy = name
    if let note { (record.note, record.noteBy) = (note, name) }
    return record
  }

  /// The alert with the student's comment; `nil` unless it is the student's own.
  func noted(_ id: AlertID, by student: ParticipantID, text: String) -> AlertRecord? {
    guard var record = self[id], record.student == student else { return nil }
    record.studentNote = text
    return record
  }
}
