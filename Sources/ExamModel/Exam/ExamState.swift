/// What the events of an exam add up to. Only `apply` changes it, except for forgetting what is no longer needed. The running
/// server, a restarted one and the report all derive it from the same events in the same way: it agrees with the journal.
public struct ExamState: Sendable {
  /// A stretch of time; `until` is `nil` while it lasts.
  public struct Span: Sendable, Hashable {
    public let from: Timestamp
    public var until: Timestamp?

    public init(from: Timestamp, until: Timestamp? = nil) {
      self.from = from
      self.until = until
    }
  }

  public let code: SessionCode
  public private(set) var title = ""
  public private(set) var createdAt: Timestamp?
  public private(set) var endedAt: Timestamp?
  /// Why it ended, and the name of the teacher who ended it.
  public private(set) var ending: (reason: EndReason, by: String?)?
  /// The pause of everybody, if any.
  public private(set) var pause: Pause?
  /// The time of the last event.
  public private(set) var lastEventAt: Timestamp?
  public private(set) var alerts: AlertBook
  public private(set) var chat: ChatBook
  /// In the order in which they joined.
  public private(set) var people: [ExamPerson] = []
  /// The highest number ever assigned, including those of joins that were undone; 0 if the journal names none.
  public private(set) var highestNumber: UInt32 = 0

  /// How many events there were of each kind unknown to this version.
  public private(set) var unknown: [String: Int] = [:]

  private var indexOfPerson: [ParticipantID: Int] = [:]
  /// How many of them were removed.
  private var removed = 0

  /// How much of the past is held in memory; the journal has all of it.
  public struct Bounds: Sendable {
    public let chat: ChatBook.Bounds
    public let alerts: Int

    /// As much as is sent to those who join later.
    public static let live = Bounds(chat: .live, alerts: 6000)
    /// Everything, for a report.
    public static let none = Bounds(chat: .none, alerts: .max)
  }

  /// - Parameter events: of this exam, the oldest first.
  public init(_ code: SessionCode, _ events: some Sequence<JournalEvent> = [], bounds: Bounds) {
    self.code = code
    alerts = AlertBook(maximum: bounds.alerts)
    chat = ChatBook(bounds: bounds.chat)
    for event in events { apply(event) }
  }

  /// Anyone who ever joined; `nil` for anybody else.
  public func person(_ id: ParticipantID) -> ExamPerson? { indexOfPerson[id].map { people[$0] } }

  /// A student who is in the exam: joined, and not removed.
  public func student(_ id: ParticipantID) -> ExamPerson? {
    person(id).flatMap { $0.role == .student && $0.dismissal == nil ? $0 : nil }
  }

  public var students: [ExamPerson] { people.filter { $0.role == .student } }

  /// - Parameter event: the next one of the exam.
  public mutating func apply(_ event: JournalEvent) {
    lastEventAt = event.at
    switch event.kind {
    case .sessionCreated:
      createdAt = event.at
      title = event.fields["title"] ?? ""
    case .sessionEnded:
      endedAt = event.at
      ending = (event.fields["reason"].flatMap { EndReason(rawValue: $0) } ?? .teacher, event.fields["by"])
      closeSpans(at: event.at)
    case .sessionRestored: closeLostConnections(at: event.at)
    case .joined: join(event)
    case .connected:
      // A person has one connection: the next one ends one that no event has ended.
      change(event) {
        $0.connections.close(at: event.at)
        $0.connections.append(Span(from: event.at))
        $0.isCutOff = false
      }
    case .disconnected:
      change(event) {
        $0.connections.close(at: event.at)
        $0.isCutOff = DisconnectReason.isCutOff(event.fields["reason"])
      }
    // Of the camera, that is.
    case .streamBegan: if event.fields["source"] == nil { change(event) { $0.hasStreamed = true } }
    case .firstSeen: change(event) { $0.hasBeenSeen = true }
    case .dismissed:
      removed += 1
      change(event) {
        $0.handSince = nil
        $0.pauses.close(at: event.at)
      }
      addPayload(event)
    case .handUp: change(event) { $0.handSince = event.at }
    case .handDown: change(event) { $0.handSince = nil }
    case .paused, .resumed: pauseOrResume(event)
    case .alertConfirmed, .alertAcknowledged, .alertCleared, .alertNoted, .alertJudged, .chat, .accommodated,
      .calibrated, .blindSpot:
      addPayload(event)
    case .uploadRefused, .pipelineWarning: break
    case .unknown: unknown[event.kindName, default: 0] += 1
    }
  }

  /// Forgets those who were removed long ago: someone who joins again and again would fill the memory.
  ///
  /// - Parameter count: at least this many are kept.
  public mutating func forgetRemoved(keeping count: Int) {
    // Not every time, since the others have to move.
    guard removed >= 2 * count else { return }
    let gone = people.filter { $0.dismissal != nil }.sorted { $0.dismissal!.at < $1.dismissal!.at }
    let forgotten = Set(gone.dropLast(count).map(\.id))
    people.removeAll { forgotten.contains($0.id) }
    alerts.left(forgotten)
    indexOfPerson = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1.id, $0) })
    removed = min(gone.count, count)
  }

  private mutating func addPayload(_ event: JournalEvent) {
    switch event.payload {
    case .alert(let alert): alerts.put(alert, at: event.at)
    case .judgedAlert(let judged): alerts.judge(judged.alert.id, judged.judgement)
    case .chat(let message): chat.add(message)
    case .accommodation(let accommodation): change(event) { $0.accommodations.append(accommodation) }
    case .baseline(let baseline):
      change(event) {
        $0.baseline = baseline
        $0.hasBeenSeen = true
      }
    case .blindSpot(let spot): change(event) { $0.blindSpots.append(joining: spot) }
    case .dismissal(let dismissal): change(event) { $0.dismissal = dismissal }
    case .pause, .unknown, nil: break
    }
  }

  private mutating func join(_ event: JournalEvent) {
    let number = event.fields["number"].flatMap { UInt32($0) }.flatMap {
      Participant.numbers.contains($0) ? $0 : nil
    }
    highestNumber = max(highestNumber, number ?? 0)
    guard let id = event.participant else { return }
    if let index = indexOfPerson[id] {
      if people[index].number == 0 { people[index].number = number ?? 0 }
      return
    }
    indexOfPerson[id] = people.count
    var person = ExamPerson(
      id: id, number: number ?? 0, name: event.name ?? "",
      role: Role(rawValue: event.fields["role"] ?? "") ?? .student, joinedAt: event.at)
    if let pause, person.role == .student { person.pauses.append((Span(from: event.at), pause)) }
    people.append(person)
  }

  /// An event without a participant is about everybody.
  private mutating func pauseOrResume(_ event: JournalEvent) {
    if event.participant == nil {
      if event.kind == .paused, case .pause(let all) = event.payload { pause = all } else { pause = nil }
    }
    for index in people.indices where people[index].role == .student {
      guard event.participant == nil || people[index].id == event.participant else { continue }
      guard people[index].dismissal == nil else { continue }
      people[index].pauses.close(at: event.at)
      if case .pause(let pause) = event.payload, event.kind == .paused {
        people[index].pauses.append((Span(from: event.at), pause))
      }
    }
  }

  private mutating func change(_ event: JournalEvent, _ body: (inout ExamPerson) -> Void) {
    guard let id = event.participant, let index = indexOfPerson[id] else { return }
    body(&people[index])
  }

  private mutating func closeConnections(at time: Timestamp) {
    for index in people.indices { people[index].connections.close(at: time) }
  }

  /// A student who was connected when the server went down has a blind spot from then on, recorded just before.
  private mutating func closeLostConnections(at time: Timestamp) {
    for index in people.indices {
      let downtime = people[index].blindSpots.last { $0.cause == .restart && $0.until == time }
      people[index].connections.close(at: downtime?.from ?? time)
      people[index].isCutOff = false
    }
  }

  private mutating func closeSpans(at time: Timestamp) {
    closeConnections(at: time)
    for index in people.indices { people[index].pauses.close(at: time) }
  }
}

extension [ExamState.Span] {
  fileprivate mutating func close(at time: Timestamp) {
    guard let last = indices.last, self[last].until == nil else { return }
    self[last].until = time
  }
}

extension [(span: ExamState.Span, pause: Pause)] {
  fileprivate mutating func close(at time: Timestamp) {
    guard let last = indices.last, self[last].span.until == nil else { return }
    self[last].span.until = time
  }
}

extension [BlindSpot] {
  /// Long stretches are recorded in pieces.
  fileprivate mutating func append(joining spot: BlindSpot) {
    if let last, last.cause == spot.cause, last.until == spot.from {
      self[count - 1] = BlindSpot(from: last.from, until: spot.until, cause: spot.cause)
    } else {
      append(spot)
    }
  }
}
