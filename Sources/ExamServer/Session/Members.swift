import ExamModel
import GLibRuntime
import WebGateway

/// The members of a session by id and by token, and those removed from it; and who makes room when it is full.
///
/// Students and teachers have separate places: no crowd of students keeps out a teacher. Students who were seen keep
/// their place, connected or not, and so do those for whom a teacher made an exception; only a teacher can take it from
/// them.
struct Members {
  struct Member {
    var participant: Participant
    let tokenHash: SecretHash
    /// The address the participant joined or last connected from; `nil` if unknown.
    var network: GuesserAddress?
    /// Whether there was ever a connection.
    var hasConnected: Bool
    /// When this one's current state began: joined, first connected, or for a teacher, left.
    var since: Instant
    /// How often this one may connect: a page that reconnects in a loop must not fill the journal.
    var connections = TokenBucket(burst: 30, perSecond: 0.1)
    var refusedConnections = Throttle(every: .seconds(10))
    /// What this one may do; `nil` until something is done.
    var budget: ActBudget?
    /// Whether this one is about to be removed, and no longer has a place.
    var isLeaving = false
  }

  /// A place for somebody who is about to join.
  struct Reservation {
    let role: Role
    let tokenHash: SecretHash
    let network: GuesserAddress?
  }

  /// How long a page has to connect after joining. It does so at once.
  static let patienceForConnection = Duration.seconds(20)
  /// How long a connected student has to send a first picture: somebody who is asked for the camera has to find where
  /// to allow it.
  static let patienceForPicture = Duration.seconds(120)
  /// Maximum number of teachers in one session.
  static let teacherPlaces = 50
  /// How many removed ones are remembered, so that their pages can be told why.
  static let rememberedDismissals = 250

  private let studentPlaces: Int
  private var members: [ParticipantID: Member] = [:]
  private var byToken: [SecretHash: ParticipantID] = [:]
  private var reservations: [ParticipantID: Reservation] = [:]
  private var dismissedByToken: [SecretHash: Participant] = [:]
  /// Tokens of those who were removed, the oldest first.
  private var dismissedTokens: [SecretHash] = []

  /// - Parameter studentPlaces: how many students the session takes.
  init(studentPlaces: Int) { self.studentPlaces = studentPlaces }

  /// All, in the order in which they joined.
  var roster: [Participant] { members.values.map(\.participant).sorted { $0.number < $1.number } }

  /// The remembered ones who were removed, the newest last.
  var dismissed: [Participant] { dismissedTokens.compactMap { dismissedByToken[$0] } }

  subscript(id: ParticipantID) -> Member? { members[id] }

  func participant(token: SecretHash) -> Participant? { byToken[token].flatMap { members[$0]?.participant } }

  /// The former participant who had this token before being removed.
  func dismissed(token: SecretHash) -> Participant? { dismissedByToken[token] }

  mutating func reserve(_ id: ParticipantID, _ reservation: Reservation) { reservations[id] = reservation }

  mutating func takeReservation(of id: ParticipantID) -> Reservation? {
    reservations.removeValue(forKey: id)
  }

  /// Somebody is about to be removed: the place is free, while the token is still valid.
  mutating func beginRemoval(_ id: ParticipantID) { members[id]?.isLeaving = true }

  mutating func add(_ member: Member) {
    members[member.participant.id] = member
    byToken[member.tokenHash] = member.participant.id
  }

  @discardableResult
  mutating func remove(_ id: ParticipantID) -> Member? {
    guard let member = members.removeValue(forKey: id) else { return nil }
    byToken[member.tokenHash] = nil
    return member
  }

  /// Remembers somebody who was removed by the token, which is void from now on.
  mutating func remember(dismissed participant: Participant, tokenHash: SecretHash) {
    dismissedByToken[tokenHash] = participant
    dismissedTokens.append(tokenHash)
    if dismissedTokens.count > Self.rememberedDismissals {
      dismissedByToken[dismissedTokens.removeFirst()] = nil
    }
  }

  mutating func update(_ participant: Participant) { members[participant.id]?.participant = participant }

  mutating func setState(_ state: PresenceState, of id: ParticipantID, at now: Instant) {
    members[id]?.participant.state = state
    if members[id]?.participant.role == .teacher { members[id]?.since = now }
  }

  // MARK: Connections

  /// How long somebody who reconnects again and again has to wait; `nil`: not at all.
  mutating func connectionWait(of id: ParticipantID, at now: Instant) -> Duration? {
    members[id]?.connections.wait(at: now)
  }

  /// A connection was refused because there were too many.
  ///
  /// - Returns: when it is time for the journal, how many there were since the last time.
  mutating func refusedConnection(of id: ParticipantID, at now: Instant) -> Int? {
    members[id]?.refusedConnections.add(at: now)
  }

  mutating func connected(_ id: ParticipantID, from address: String, at now: Instant) {
    guard let member = members[id] else { return }
    _ = members[id]?.connections.take(at: now)
    members[id]?.network = GuesserAddress(address)
    if !member.hasConnected {
      members[id]?.hasConnected = true
      members[id]?.since = now
    }
  }

  // MARK: Budgets

  /// Checks or changes what somebody may do; `nil` if there is nobody with this id.
  @discardableResult
  mutating func budget<Value>(
    of id: ParticipantID, at now: Instant, _ body: (inout ActBudget) -> Value
  ) -> Value? {
    guard let member = members[id] else { return nil }
    var budget = member.budget ?? ActBudget(for: member.participant.role)
    defer { members[id]?.budget = budget }
    return body(&budget)
  }

  // MARK: Room

  func isFull(for role: Role) -> Bool {
    let taken =
      members.values.count { $0.participant.role == role && !$0.isLeaving }
      + reservations.values.count { $0.role == role }
    return taken >= (role == .student ? studentPlaces : Self.teacherPlaces)
  }

  /// Who makes room for somebody with this role from `address`; `nil` if nobody does.
  func leastEntitled(_ role: Role, newcomerFrom address: String, at now: Instant) -> ParticipantID? {
    role == .teacher ? absentTeacher(at: now) : unseenStudent(newcomerFrom: GuesserAddress(address), at: now)
  }

  /// The teacher who has been away longest.
  private func absentTeacher(at now: Instant) -> ParticipantID? {
    members.values.filter {
      $0.participant.role == .teacher && $0.participant.state == .left && !$0.isLeaving
        && now - $0.since > Self.patienceForConnection
    }.min { $0.since < $1.since }?.participant.id
  }

  /// Of those who never sent a picture and had their time for it, one from the address that holds most such places: one
  /// who never connected before one who left, and that one before one who is connected; the oldest first. An address
  /// takes no place from one that holds as many of them or fewer.
  private func unseenStudent(newcomerFrom network: GuesserAddress, at now: Instant) -> ParticipantID? {
    let unseen = members.values.filter {
      $0.participant.role == .student && !$0.participant.hasBeenSeen && $0.participant.accommodations.isEmpty
        && !$0.isLeaving
    }
    let held = Dictionary(unseen.map { ($0.network, 1) }, uniquingKeysWith: +)
    let own = held[network] ?? 0
    func rank(_ member: Member) -> (Int, Int, Instant) {
      let stage = !member.hasConnected ? 0 : member.participant.state == .left ? 1 : 2
      return (-(held[member.network] ?? 0), stage, member.since)
    }
    return unseen.filter { member in
      let patience = member.hasConnected ? Self.patienceForPicture : Self.patienceForConnection
      return now - member.since > patience && (member.network == network || (held[member.network] ?? 0) > own)
    }.min { rank($0) < rank($1) }?.participant.id
  }
}
