import Testing

@testable import WebGateway

@Suite struct FirstRecordTests {
  static let hello: [UInt8] = [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0, 0, 1, 0]

  @Test func aHelloCountsOnceItIsWhole() {
    for count in 0..<Self.hello.count {
      #expect(FirstRecord(Self.hello[..<count], count: count) == .incomplete)
    }
    #expect(FirstRecord(Self.hello, count: Self.hello.count) == .clientHello)
    #expect(FirstRecord(Self.hello[..<6], count: 5000) == .clientHello)
  }

  @Test(
    arguments: [
      [0x16, 0x02], [0x16, 0x03, 0x05], [0x15], [0x80, 0x2e, 0x01],  // other versions, an alert, SSL 2
      [0x16, 0x03, 0x01, 0x00, 0x05, 0x02], [0x16, 0x03, 0x01, 0x40, 0x01, 0x01],  // not a hello, too long
      [0x16, 0x03, 0x01, 0x00, 0x00, 0x01], [0x00], [0xff], [0x0a], [0x67],
    ] as [[UInt8]])
  func whatIsNoTLSIsKnownAtOnce(bytes: [UInt8]) {
    #expect(FirstRecord(bytes, count: bytes.count) == .garbage)
  }

  @Test func plainHTTPIsKnownByItsFirstLetter() {
    for method in ["GET / HTTP/1.1", "POST /api", "OPTIONS", "P"] {
      #expect(FirstRecord(method.utf8, count: method.utf8.count) == .plainHTTP)
    }
  }
}
