/// What the first bytes from a client on a TLS port are.
enum FirstRecord: Equatable {
  /// Too few to tell, or an incomplete record.
  case incomplete
  /// A complete record that can begin with a ClientHello.
  case clientHello
  /// HTTP without TLS.
  case plainHTTP
  case garbage

  /// Bytes needed to tell: a record's header (RFC 8446, 5.1) and the type of the handshake message in it (4).
  static let headerBytes = 6
  private static let recordHeaderBytes = 5
  private static let longestRecord = 1 << 14

  /// - Parameters:
  ///   - bytes: the first ones, `headerBytes` of them if there are so many.
  ///   - count: how many have arrived in all.
  init(_ bytes: some Collection<UInt8>, count: Int) {
    let bytes = Array(bytes.prefix(Self.headerBytes))
    // Handshake record; version 3.x; type ClientHello. A method of HTTP begins with a capital letter.
    let isPlausible = zip(bytes, [0x16, 0x03]).allSatisfy { $0 == $1 } && (bytes.count < 3 || bytes[2] <= 4)
    guard let first = bytes.first else {
      self = .incomplete
      return
    }
    guard isPlausible else {
      self = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) ? .plainHTTP : .garbage
      return
    }
    guard bytes.count == Self.headerBytes else {
      self = .incomplete
      return
    }
    let length = Int(bytes[3]) << 8 | Int(bytes[4])
    if bytes[5] != 1 || length == 0 || length > Self.longestRecord {
      self = .garbage
    } else {
      self = count >= Self.recordHeaderBytes + length ? .clientHello : .incomplete
    }
  }
}
