import ExamModel
import GLibRuntime
import Testing

@testable import ExamServer

@Suite("Who is in a session, and who makes room")
struct MembersTests {
  private let start = ContinuousClock.now
  private var members = Members(studentPlaces: 4)

  private mutating func join(
    _ name: String, role: Role = .student, from address: String? = "10.0.0.1", after seconds: Double = 0,
    connected: Bool = false, seen: Bool = false, state: PresenceState = .left
  ) {
    let participant = line(name, role: role, seen: seen, state: state)
    members.add(
      Members.Member(
        participant: participant, tokenHash: SecretHash(Secret(text: name)),
        network: address.map(GuesserAddress.init),
        hasConnected: connected, since: start + .seconds(seconds)))
  }

  private func line(
    _ name: String, role: Role = .student, seen: Bool = false, allowed: Accommodation? = nil,
    state: PresenceState = .left
  ) -> Participant {
    let code = SessionCode("123456")!
    let id = ParticipantID(rawValue: name)
    func event(
      _ kind: JournalEvent.Kind, _ fields: [String: String] = [:], _ payload: JournalEvent.Payload? = nil
    ) -> JournalEvent {
      JournalEvent(
        at: .now, session: code, kind: kind, participant: id, name: name, fields: fields, payload: payload)
    }
    var exam = ExamState(code, [event(.joined, ["role": role.rawValue, "number": "1"])], bounds: .live)
    if seen { exam.apply(event(.firstSeen)) }
    if let allowed { exam.apply(event(.accommodated, [:], .accommodation(allowed))) }
    return Participant(exam.person(id)!, presence: Presence(state), at: .now)
  }

  private func leaves(
    _ role: Role = .student, for address: String = "10.0.0.9", after seconds: Double
  ) -> String? {
    members.leastEntitled(role, newcomerFrom: address, at: start + .seconds(seconds))?.rawValue
  }

  @Test("Students fill their places, and none of the teachers'")
  mutating func placesOfTheirOwn() {
    for number in 0..<4 {
      #expect(!members.isFull(for: .student))
      join("s\(number)")
    }
    #expect(members.isFull(for: .student) && !members.isFull(for: .teacher))
    members.remove(ParticipantID(rawValue: "s0"))
    #expect(!members.isFull(for: .student))
    for number in 0..<Members.teacherPlaces { join("t\(number)", role: .teacher) }
    #expect(members.isFull(for: .teacher) && !members.isFull(for: .student))
  }

  @Test("A page gets time to connect, and whoever is connected gets more, to find the camera")
  mutating func patience() {
    join("a")
    #expect(leaves(after: 19) == nil)
    #expect(leaves(after: 21) == "a")
    members.connected(ParticipantID(rawValue: "a"), from: "10.0.0.1", at: start + .seconds(5))
    #expect(leaves(after: 124) == nil)
    #expect(leaves(after: 126) == "a")
    // Connecting again and again gives no more time.
    members.connected(ParticipantID(rawValue: "a"), from: "10.0.0.1", at: start + .seconds(120))
    #expect(leaves(after: 126) == "a")
  }

  @Test("Who was seen keeps the place, connected or not; so does whom a teacher allowed something")
  mutating func entitled() {
    join("there", connected: true, seen: true, state: .live)
    join("gone", connected: true, seen: true)
    join("allowed", connected: true)
    let allowance = Accommodation(
      kind: .alert(.cameraOff), effect: .mute, factor: 1, until: nil, reason: "no camera", by: "Ms Smith",
      at: .now)
    members.update(line("allowed", allowed: allowance))
    #expect(leaves(after: 10_000) == nil)
  }

  @Test("Who never connected goes before who went, that one before who is there; the oldest first")
  mutating func order() {
    join("there", connected: true, state: .noPicture)
    join("went", after: 1, connected: true)
    join("newer", after: 3)
    join("older", after: 2)
    for expected in ["older", "newer", "went", "there"] {
      #expect(leaves(after: 1000) == expected)
      members.remove(ParticipantID(rawValue: expected))
    }
    #expect(leaves(after: 1000) == nil)
  }

  @Test("One address takes no place from those who hold fewer")
  mutating func fairness() {
    join("honest", from: "10.0.0.2", connected: true, state: .noPicture)
    for number in 0..<3 { join("crowd\(number)", from: "10.0.0.6", after: Double(number), connected: true) }
    // Whoever joins, the crowd makes room; its own newcomers too.
    #expect(leaves(for: "10.0.0.3", after: 1000) == "crowd0")
    #expect(leaves(for: "10.0.0.6", after: 1000) == "crowd0")
    for number in 0..<3 { members.remove(ParticipantID(rawValue: "crowd\(number)")) }
    join("crowd3", from: "10.0.0.6", after: 990, connected: true)
    #expect(leaves(for: "10.0.0.6", after: 1000) == nil, "the crowd's one place is still in its time")
    // All addresses of one household count as one.
    members.remove(ParticipantID(rawValue: "crowd3"))
    for number in 0..<2 {
      join("v6-\(number)", from: "2001:db8::\(number)", after: Double(number), connected: true)
    }
    #expect(leaves(for: "2001:db8::ffff", after: 1000) == "v6-0")
    #expect(leaves(for: "2001:db8:0:1::1", after: 1000) == "v6-0")
    for number in 0..<2 { members.remove(ParticipantID(rawValue: "v6-\(number)")) }
    join("crowd3", from: "10.0.0.6", after: 990, connected: true)
    // After a restart their addresses are unknown; they count as one crowd.
    members.remove(ParticipantID(rawValue: "crowd3"))
    for number in 0..<2 { join("kept\(number)", from: nil, after: Double(number), connected: true) }
    #expect(leaves(for: "10.0.0.3", after: 1000) == "kept0")
  }

  @Test("A teacher who is there stays; the one who has been away longest makes room")
  mutating func teachers() {
    join("there", role: .teacher, connected: true, state: .live)
    #expect(leaves(.teacher, after: 1000) == nil)
    join("came later", role: .teacher, after: 5, connected: true)
    join("left first", role: .teacher, after: 3, connected: true, state: .live)
    members.setState(.left, of: ParticipantID(rawValue: "left first"), at: start + .seconds(4))
    #expect(leaves(.teacher, after: 1000) == "left first")
    members.setState(.left, of: ParticipantID(rawValue: "left first"), at: start + .seconds(999))
    #expect(leaves(.teacher, after: 1000) == "came later")
    // A student who has just left is likely to come back.
    members.remove(ParticipantID(rawValue: "came later"))
    #expect(leaves(.teacher, after: 1018) == nil)
    #expect(leaves(.teacher, after: 1020) == "left first")
  }

  @Test("The token of somebody removed opens nothing, and tells why; so many are remembered")
  mutating func dismissed() {
    join("a")
    let token = SecretHash(Secret(text: "a"))
    #expect(members.participant(token: token)?.name == "a")
    let gone = members.remove(ParticipantID(rawValue: "a"))!
    members.remember(dismissed: gone.participant, tokenHash: token)
    #expect(members.participant(token: token) == nil && members.dismissed(token: token)?.name == "a")
    for number in 0..<Members.rememberedDismissals {
      members.remember(dismissed: gone.participant, tokenHash: SecretHash(Secret(text: "\(number)")))
    }
    #expect(members.dismissed(token: token) == nil)
    #expect(members.dismissed.count == Members.rememberedDismissals)
  }

  @Test("Thirty connections at once, then one in ten seconds")
  mutating func connections() {
    join("a")
    let id = ParticipantID(rawValue: "a")
    for _ in 0..<30 {
      #expect(members.connectionWait(of: id, at: start) == nil)
      members.connected(id, from: "10.0.0.1", at: start)
    }
    #expect(members.connectionWait(of: id, at: start) != nil)
    #expect(members.connectionWait(of: id, at: start + .seconds(10.5)) == nil)
    #expect(members.refusedConnection(of: id, at: start) == 1)
    #expect(members.refusedConnection(of: id, at: start + .seconds(1)) == nil)
    #expect(members.refusedConnection(of: id, at: start + .seconds(11)) == 2)
  }
}
