import ExamModel
import Foundation
import Testing

@Suite struct WireTests {
  private func decode<Message: Decodable>(_ type: Message.Type, _ json: String) throws -> Message {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }

  private func object(_ value: some Encodable) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
  }

  @Test func frameHeaderIsSixteenBytesBigEndian() throws {
    let bytes: [UInt8] = [1, 1, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 15, 66, 64, 0xff]
    let header = try bytes.withUnsafeBytes { try FrameHeader(parsing: $0) }
    #expect(header == FrameHeader(isKeyFrame: true, sequence: 258, capturedAt: 1_000_000))
  }

  @Test func frameHeaderSaysWhatIsWrong() {
    func error(_ bytes: [UInt8]) -> FrameHeader.ParseError? {
      do {
        _ = try bytes.withUnsafeBytes { try FrameHeader(parsing: $0) }
        return nil
      } catch { return error as? FrameHeader.ParseError }
    }
    #expect(error([]) == .tooShort(0))
    #expect(error(Array(repeating: 1, count: 15)) == .tooShort(15))
    #expect(error([2] + Array(repeating: 0, count: 20)) == .unknownVersion(2))
    #expect(error([1] + Array(repeating: 0, count: 15)) == .noPayload)
    #expect(error([1, 0, 1, 1] + Array(repeating: 0, count: 20)) == .unknownSource(257))
  }

  @Test func aStreamHasANumber() throws {
    let second = try #require(StreamSource(number: 1))
    let message: [UInt8] = [1, 0, 0, 1, 0, 0, 0, 7] + Array(repeating: 0, count: 9)
    let header = try message.withUnsafeBytes {
      try FrameHeader(parsing: $0)
    }
    #expect(header.source == second)
    #expect(header.acknowledgement == #"{"type":"ack","source":1,"seq":7}"#)
    #expect(
      FrameHeader(isKeyFrame: true, sequence: 7, capturedAt: 0).acknowledgement == #"{"type":"ack","seq":7}"#)
    #expect(
      PictureHeader(source: second, view: .tile, studentNumber: 0, capturedAt: 0).bytes.prefix(4)
        == [1, 0, 0, 1])
    #expect(
      try decode(StudentMessage.self, #"{"type":"hello","media":"image/jpeg","source":1}"#)
        == .hello(media: "image/jpeg", source: second))
    #expect(
      try decode(TeacherMessage.self, #"{"type":"watch","view":"tile","source":1,"students":"all"}"#)
        == .watch(WatchRequest(view: .tile, source: second, students: .all)))
    for number in ["2", "65536", "-1", "0.5", #""1""#] {
      #expect(throws: DecodingError.self) {
        try decode(StudentMessage.self, #"{"type":"hello","media":"image/jpeg","source":\#(number)}"#)
      }
    }
    #expect(try object(StudentNotice.keyframe(second))["source"] as? Int == 1)
    #expect(try object(StudentNotice.keyframe(.camera))["source"] == nil)
  }

  @Test func pictureHeaderIsSixteenBytesBigEndian() {
    let header = PictureHeader(view: .focus, studentNumber: 258, capturedAt: 1_000_000)
    #expect(header.bytes == [1, 1, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 15, 66, 64])
  }

  @Test func studentMessages() throws {
    #expect(
      try decode(StudentMessage.self, #"{"type":"hello","media":"video/x-vp8"}"#)
        == .hello(media: "video/x-vp8"))
    #expect(
      try decode(StudentMessage.self, #"{"type":"status","page":"hidden","camera":"ended","new":1}"#)
        == .status(PageReport(page: .hidden, camera: .ended)))
    #expect(
      try decode(StudentMessage.self, #"{"type":"status","program":"obs"}"#)
        == .status(PageReport(program: .obs)))
    #expect(try decode(StudentMessage.self, #"{"type":"hand","up":true}"#) == .hand(up: true))
    #expect(try decode(StudentMessage.self, #"{"type":"dance"}"#) == .unknown(type: "dance"))
    #expect(throws: DecodingError.self) { try decode(StudentMessage.self, #"{"media":"video/x-vp8"}"#) }
    #expect(throws: DecodingError.self) {
      try decode(StudentMessage.self, #"{"type":"status","page":"away"}"#)
    }
    // One of a fixed set of names: no label of a camera gets in.
    #expect(throws: DecodingError.self) {
      try decode(StudentMessage.self, #"{"type":"status","program":"OBS Virtual Camera"}"#)
    }
  }

  @Test func whatIsSentIsNamedBriefly() throws {
    // One visible character each.
    let long = "a" + String(repeating: "\u{FE0F}", count: 20_000)
    guard
      case .hello(let media, _) = try decode(StudentMessage.self, #"{"type":"hello","media":"\#(long)"}"#)
    else { throw CancellationError() }
    #expect(media.unicodeScalars.count == 201)
    let reason = NoPictureReason(code: .badFrame, media: media, codec: long)
    #expect(reason.media.unicodeScalars.count == 80 && reason.codec?.unicodeScalars.count == 80)
  }

  @Test func teacherMessages() throws {
    #expect(
      try decode(TeacherMessage.self, #"{"type":"watch","view":"tile","students":"all","fps":5}"#)
        == .watch(WatchRequest(view: .tile, students: .all, framesPerSecond: 5)))
    #expect(
      try decode(TeacherMessage.self, #"{"type":"watch","view":"focus","students":["p1"]}"#)
        == .watch(WatchRequest(view: .focus, students: .some([ParticipantID(rawValue: "p1")]))))
    #expect(
      try decode(TeacherMessage.self, #"{"type":"watch","view":"off"}"#)
        == .watch(WatchRequest(view: nil, students: .all)))
    #expect(throws: DecodingError.self) { try decode(TeacherMessage.self, #"{"type":"watch","view":"big"}"#) }
    #expect(
      try decode(TeacherMessage.self, #"{"type":"chat","to":"p1","text":"hi"}"#)
        == .command(.say(to: .participant(ParticipantID(rawValue: "p1")), text: "hi")))
    #expect(try decode(TeacherMessage.self, #"{"type":"ack","frames":3}"#) == .ack(frames: 3))
  }

  @Test func noticesCarryTheirTypeBesideTheirFields() throws {
    let check = try object(
      StudentNotice.check(StudentCheck(state: .suspected, kind: .faceMissing, faces: 0, light: .ok)))
    #expect(check["type"] as? String == "check")
    #expect(check["state"] as? String == "suspected")
    #expect(check["kind"] as? String == "face_missing")

    let record = AlertRecord(
      id: AlertID(rawValue: "a1"), student: ParticipantID(rawValue: "p1"), kind: .severalFaces,
      severity: .high,
      since: Timestamp(microseconds: 1_500_000), confidence: 0.9,
      thresholds: AlertThresholds(window: 2, share: 0.6, limit: nil, baseline: nil, cooldown: 30)
    )
    let alert = try object(TeacherNotice.alert(AlertWithVerdict(record, nil)))
    #expect(alert["type"] as? String == "alert")
    #expect(alert["alert_id"] as? String == "a1")
    #expect(alert["since"] as? String == "1970-01-01T00:00:01.500Z")
    #expect(alert["until"] == nil)
    let thresholds = try #require(alert["thresholds"] as? [String: Double])
    #expect(thresholds == ["window": 2, "share": 0.6, "cooldown": 30])
    let plain = try object(StudentNotice.alert(record))
    #expect(Set(alert.keys) == Set(plain.keys))
    let judgement = AlertJudgement(.wrong, by: "Grace", at: Timestamp(microseconds: 2_000_000))
    let judged = try object(TeacherNotice.alert(AlertWithVerdict(record, judgement)))
    #expect(judged["verdict"] as? String == "wrong" && judged["verdict_by"] as? String == "Grace")
    #expect(judged["verdict_at"] as? String == "1970-01-01T00:00:02.000Z")
    #expect(Set(judged.keys).subtracting(plain.keys) == ["verdict", "verdict_by", "verdict_at"])
  }

  @Test func wordsAreCodesWithWhatTheyNeed() throws {
    let full = try object(TeacherNotice.notice(code: "pictures", state: RoomLevel.full.state, room: "exam"))
    #expect(
      full as? [String: String] == ["type": "notice", "code": "pictures", "state": "full", "room": "exam"])
    let over = try object(TeacherNotice.notice(code: "quota", state: RoomLevel.roomy.state))
    #expect(over as? [String: String] == ["type": "notice", "code": "quota"])
    for error in [
      try object(TeacherNotice.error(ErrorNotice(code: "bad_message", why: .tooLong, detail: "x"))),
      try object(StudentNotice.error(ErrorNotice(code: "bad_chat", why: .tooLong, detail: "x"))),
    ] {
      #expect(error["why"] as? String == "too_long" && error["maximum"] as? Int == ChatMessage.maximumLength)
    }
    let empty = try object(StudentNotice.error(ErrorNotice(code: "bad_chat", why: .empty, detail: "x")))
    #expect(empty["why"] as? String == "empty" && empty["maximum"] == nil)
  }

  @Test func whoMadeRoomIsToldSoByACode() throws {
    let dismissal = Dismissal(cause: .unseen, at: Timestamp(microseconds: 0))
    #expect(try object(StudentNotice.dismissed(dismissal))["cause"] as? String == "unseen")
    // As an older version wrote it.
    let old = #"{"reason":"The exam was full.","at":"1970-01-01T00:00:00.000Z"}"#
    let read = try JSONDecoder().decode(Dismissal.self, from: Data(old.utf8))
    #expect(read.cause == nil && read.by == nil && read.reason == "The exam was full.")
  }

  @Test func whatATeacherAllowsIsReadWithItsDefaults() throws {
    func read(_ json: String) throws -> TeacherMessage {
      try JSONDecoder().decode(TeacherMessage.self, from: Data(json.utf8))
    }
    func request(
      _ effect: Accommodation.Effect, _ kind: Accommodation.Kind = .alert(.lookingAway), factor: Double = 1,
      amount: Int? = nil, minutes: Double?
    ) -> TeacherMessage {
      .command(
        .accommodate(
          AccommodationRequest(
            student: ParticipantID(rawValue: "p"), kind: kind, effect: effect, factor: factor, amount: amount,
            minutes: minutes, reason: "r")))
    }
    let who = #""student":"p","kind":"looking_away","reason":"r""#
    #expect(try read(#"{"type":"mute","minutes":5,\#(who)}"#) == request(.mute, minutes: 5))
    #expect(try read(#"{"type":"mute",\#(who)}"#) == request(.mute, minutes: nil))
    #expect(try read(#"{"type":"mute","minutes":0,\#(who)}"#) == request(.none, minutes: nil))
    #expect(try read(#"{"type":"loosen","factor":2,\#(who)}"#) == request(.loosen, factor: 2, minutes: nil))
    #expect(try read(#"{"type":"tighten",\#(who)}"#) == request(.none, minutes: nil))
    #expect(throws: DecodingError.self) { try read(#"{"type":"loosen",\#(who)}"#) }
    let time = #""student":"p","kind":"extra_time","reason":"r""#
    let granted = Accommodation.Kind.grant(.extraTime)
    #expect(
      try read(#"{"type":"grant","amount":15,"minutes":5,\#(time)}"#)
        == request(.grant, granted, amount: 15, minutes: nil))
    #expect(try read(#"{"type":"tighten",\#(time)}"#) == request(.none, granted, minutes: nil))
    for wrong in [
      #"{"type":"grant",\#(who)}"#, #"{"type":"mute",\#(time)}"#, #"{"type":"grant","amount":1.5,\#(time)}"#,
    ] {
      #expect(throws: DecodingError.self) { try read(wrong) }
    }
    #expect(try read(#"{"type":"pause","student":"all","reason":"x"}"#) == .command(.pause(nil, reason: "x")))
    #expect(try read(#"{"type":"resume","student":"p"}"#) == .command(.resume(ParticipantID(rawValue: "p"))))
  }

  @Test func whatIsNotKnownIsLeftOut() throws {
    #expect(Set(try object(TeacherNotice.notice(code: "store", state: nil)).keys) == ["type", "code"])
    let roster = TeacherNotice.roster([], pause: nil, dismissed: [])
    #expect(Set(try object(roster).keys) == ["type", "participants"])
    #expect(Set(try object(StudentNotice.restart(.camera)).keys) == ["type"])
    #expect(try object(StudentNotice.restart(StreamSource(number: 1)!))["source"] as? Int == 1)
  }

  @Test func timesAreRFC3339WithMilliseconds() throws {
    let time = Timestamp(microseconds: 1_772_355_600_123_000)
    #expect("\(time)" == "2026-03-01T09:00:00.123Z")
    let json = try JSONEncoder().encode([time])
    #expect(try JSONDecoder().decode([Timestamp].self, from: json) == [time])
  }
}

@Suite struct IdentifierTests {
  @Test func codesAreSixDigits() {
    #expect(SessionCode("012345")?.digits == "012345")
    for wrong in ["", "12345", "1234567", "12345a", "12345٣", "12 456"] { #expect(SessionCode(wrong) == nil) }
    for _ in 0..<100 { #expect(SessionCode(SessionCode.random().digits) != nil) }
  }

  @Test func secretsAreLongDifferAndHideThemselves() {
    let secrets = (0..<100).map { _ in Secret.random() }
    #expect(Set(secrets.map(\.text)).count == 100)
    #expect(secrets.allSatisfy { $0.text.count == 40 })
    #expect(!"\(secrets[0])".contains(secrets[0].text))
  }

  @Test func namesAreCleaned() {
    #expect(PersonName("  Ada \n Lovelace\t")?.text == "Ada Lovelace")
    #expect(PersonName("Ada\u{202E}evil\u{0007}")?.text == "Adaevil")
    #expect(PersonName(" \u{0007} ") == nil)
    #expect(PersonName(String(repeating: "a", count: 81)) == nil)
  }

  @Test func studentsReadTheirOwnMessagesAndThoseForThem() {
    let ada = ParticipantID(rawValue: "ada")
    let bob = ParticipantID(rawValue: "bob")
    func message(from: ParticipantID, _ role: Role, to: ChatRecipient) -> ChatMessage {
      ChatMessage(from: from, name: "", role: role, to: to, text: "x", at: .now)
    }
    let teacher = ParticipantID(rawValue: "t")
    #expect(message(from: ada, .student, to: .teachers).isVisible(toStudent: ada))
    #expect(!message(from: ada, .student, to: .teachers).isVisible(toStudent: bob))
    #expect(message(from: teacher, .teacher, to: .participant(ada)).isVisible(toStudent: ada))
    #expect(!message(from: teacher, .teacher, to: .participant(ada)).isVisible(toStudent: bob))
    #expect(message(from: teacher, .teacher, to: .students).isVisible(toStudent: bob))
    #expect(!message(from: teacher, .teacher, to: .teachers).isVisible(toStudent: bob))
  }
}
