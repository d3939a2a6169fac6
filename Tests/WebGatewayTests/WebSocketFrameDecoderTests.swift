import Testing

@testable import WebGateway

@Suite struct WebSocketFrameDecoderTests {
  typealias Client = WebSocketTestClient

  private struct Decoded: Equatable {
    var event: WebSocketFrameDecoder.Event
    var payload: [UInt8]
  }

  /// The result of decoding pieces that arrive one after the other.
  private func decode(_ pieces: [[UInt8]], maximum: Int = 100_000) throws -> [Decoded] {
    var decoder = WebSocketFrameDecoder(maximumMessageBytes: maximum, initialCapacity: 64)
    var result: [Decoded] = []
    for piece in pieces {
      decoder.append(piece)
      while let event = try decoder.next() {
        result.append(Decoded(event: event, payload: decoder.withPayload { Array($0) }))
      }
    }
    return result
  }

  private func error(_ bytes: [UInt8], maximum: Int = 100_000) -> UInt16? {
    do {
      _ = try decode([bytes], maximum: maximum)
      return nil
    } catch { return (error as? WebSocketProtocolError)?.code }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 125, 126, 127, 1000, 65535, 65536, 70000])
  func payloadsOfEveryLengthForm(count: Int) throws {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try decode([Client.frame(2, payload)]) == [Decoded(event: .binary, payload: payload)])
  }

  @Test func theSameEventsHoweverTheBytesAreSplit() throws {
    let stream =
      Client.frame(1, Array("héllo".utf8)) + Client.frame(2, [1, 2], final: false) + Client.frame(9, [7])
      + Client.frame(0, [], final: false) + Client.frame(0, [3], final: true)
      + Client.frame(2, [UInt8](repeating: 5, count: 300))
      + Client.frame(8, [0x03, 0xe8] + Array("bye".utf8))
    let expected = [
      Decoded(event: .text, payload: Array("héllo".utf8)), Decoded(event: .ping, payload: [7]),
      Decoded(event: .binary, payload: [1, 2, 3]),
      Decoded(event: .binary, payload: [UInt8](repeating: 5, count: 300)),
      Decoded(event: .close(code: 1000, reason: "bye"), payload: []),
    ]
    #expect(try decode([stream]) == expected)
    #expect(try decode(stream.map { [$0] }) == expected)
    for index in stream.indices {
      #expect(try decode([Array(stream[..<index]), Array(stream[index...])]) == expected)
    }
  }

  @Test func manyMessagesInOneRead() throws {
    let stream = (0..<500).flatMap { Client.frame(2, [UInt8($0 & 0xff), UInt8($0 >> 8)]) }
    let events = try decode([stream])
    #expect(events.map { Int($0.payload[0]) | Int($0.payload[1]) << 8 } == Array(0..<500))
  }

  @Test func violationsAreRefused() {
    #expect(error(Client.frame(2, [1], masked: false)) == 1002)
    for reserved: UInt8 in [0x10, 0x20, 0x40] {
      #expect(error(Client.frame(2, [1], reserved: reserved)) == 1002)
    }
    for opcode: UInt8 in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
      #expect(error(Client.frame(opcode, [])) == 1002)
    }
    for opcode: UInt8 in [8, 9, 10] {
      #expect(error(Client.frame(opcode, [], final: false)) == 1002)
      #expect(error(Client.frame(opcode, [UInt8](repeating: 0, count: 126))) == 1002)
    }
    #expect(error(Client.frame(0, [1])) == 1002)
    #expect(error(Client.frame(1, [1], final: false) + Client.frame(2, [1])) == 1002)
    // Lengths not in their shortest form, and a negative one.
    #expect(error([0x82, 0xfe, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5]) == 1002)
    #expect(error([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 200]) == 1002)
    #expect(error([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]) == 1002)
  }

  @Test func messagesBeyondTheBoundAreRefusedBeforeTheyArrive() throws {
    #expect(try decode([Client.frame(2, [UInt8](repeating: 0, count: 1000))], maximum: 1000).count == 1)
    // The header alone is enough.
    #expect(
      error(Array(Client.frame(2, [UInt8](repeating: 0, count: 1001)).prefix(8)), maximum: 1000) == 1009)
    #expect(error([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255], maximum: 1000) == 1009)
    let part = [UInt8](repeating: 0, count: 400)
    let fragments = Client.frame(2, part, final: false) + Client.frame(0, part, final: false)
    #expect(error(fragments, maximum: 1000) == nil)
    #expect(error(fragments + Client.frame(0, part, final: false), maximum: 1000) == 1009)
    // A message that is complete does not count towards the next.
    #expect(error(fragments + Client.frame(0, [1]) + Client.frame(2, part), maximum: 1000) == nil)
  }

  @Test func closeFrames() throws {
    func close(_ payload: [UInt8]) throws -> WebSocketFrameDecoder.Event? {
      try decode([Client.frame(8, payload)]).first?.event
    }
    #expect(try close([]) == .close(code: 1005, reason: ""))
    for code: UInt16 in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999] {
      #expect(try close([UInt8(code >> 8), UInt8(code & 0xff)]) == .close(code: code, reason: ""))
    }
    for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000, 65535] {
      #expect(error(Client.frame(8, [UInt8(code >> 8), UInt8(code & 0xff)])) == 1002)
    }
    #expect(error(Client.frame(8, [3])) == 1002)
    #expect(error(Client.frame(8, [3, 0xe8, 0xff])) == 1007)
  }

  @Test func nothingComesAfterACloseFrame() throws {
    let events = try decode([Client.frame(8, []) + Client.frame(1, [65]), Client.frame(1, [66])])
    #expect(events.count == 1)
  }
}

extension WebSocketFrameDecoder {
  /// Appends a copy of `bytes`.
  fileprivate mutating func append(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let taken = withSpace { space in
        let part = rest.prefix(space.count)
        space.copyBytes(from: part)
        return part.count
      }
      rest = rest.dropFirst(taken)
    }
  }
}
