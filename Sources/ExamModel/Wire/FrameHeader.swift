/// The 16 bytes before each encoded frame, or piece of a container, that a student sends. Big-endian:
/// u8 version, u8 flags (bit 0: key frame, bits 1 and 2: temporal layer), u16 source, u32 sequence, i64 capture time.
public struct FrameHeader: Sendable, Hashable {
  public static let byteCount = 16
  public static let version: UInt8 = 1

  public var source: StreamSource
  public var isKeyFrame: Bool
  /// 0...3: no frame of a lower temporal layer refers to this one. 0 if the page does not know.
  public var temporalLayer: Int
  /// Counts messages of one source on a connection; wraps.
  public var sequence: UInt32
  /// Microseconds since the Unix epoch, by the student's clock.
  public var capturedAt: Int64

  public init(
    source: StreamSource = .camera, isKeyFrame: Bool, temporalLayer: Int = 0, sequence: UInt32,
    capturedAt: Int64
  ) {
    self.source = source
    self.isKeyFrame = isKeyFrame
    self.temporalLayer = temporalLayer
    self.sequence = sequence
    self.capturedAt = capturedAt
  }

  public enum ParseError: Error, Hashable, CustomStringConvertible {
    case tooShort(Int)
    case unknownVersion(UInt8)
    case unknownSource(UInt16)
    case noPayload

    public var description: String {
      switch self {
      case .tooShort(let count): "a binary message of \(count) bytes has no room for the 16-byte header"
      case .unknownVersion(let version):
        "binary header version \(version) is not known; this server speaks version 1"
      case .unknownSource(let number): "a student has no stream of source \(number)"
      case .noPayload: "a binary message carries a header and nothing after it"
      }
    }
  }

  /// Reads the header of `message`; the payload is what follows `byteCount`.
  public init(parsing message: UnsafeRawBufferPointer) throws(ParseError) {
    guard message.count >= FrameHeader.byteCount else { throw .tooShort(message.count) }
    guard message[0] == FrameHeader.version else { throw .unknownVersion(message[0]) }
    guard message.count > FrameHeader.byteCount else { throw .noPayload }
    let number = UInt16(bigEndian: message.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    guard let source = StreamSource(number: number) else { throw .unknownSource(number) }
    self.source = source
    isKeyFrame = message[1] & 1 != 0
    temporalLayer = Int(message[1] >> 1 & 3)
    sequence = UInt32(bigEndian: message.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    capturedAt = Int64(bigEndian: message.loadUnaligned(fromByteOffset: 8, as: Int64.self))
  }
}

extension FrameHeader {
  /// Tells the page that this message, and all before it, was processed, whatever the result. It is sent for every
  /// frame, so it is not built by an encoder.
  public var acknowledgement: String {
    let source = source == .camera ? "" : #""source":\#(source),"#
    return #"{"type":"ack",\#(source)"seq":\#(sequence)}"#
  }
}

/// Which picture of a student.
public enum PictureView: UInt8, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
  /// Small, for the wall.
  case tile = 0
  /// Large, for a teacher who watches one student.
  case focus = 1

  public var description: String { self == .tile ? "tile" : "focus" }

  public init?(name: String) {
    switch name {
    case "tile": self = .tile
    case "focus": self = .focus
    default: return nil
    }
  }
}

/// The 16 bytes before each JPEG that a teacher gets. Big-endian: u8 version, u8 view, u16 source, u32 student number,
/// i64 capture time as the student sent it.
public struct PictureHeader: Sendable, Hashable {
  public static let byteCount = 16

  public var source: StreamSource
  public var view: PictureView
  public var studentNumber: UInt32
  public var capturedAt: Int64

  public init(
    source: StreamSource = .camera, view: PictureView, studentNumber: UInt32, capturedAt: Int64
  ) {
    self.source = source
    self.view = view
    self.studentNumber = studentNumber
    self.capturedAt = capturedAt
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = [FrameHeader.version, view.rawValue]
    bytes.reserveCapacity(PictureHeader.byteCount)
    withUnsafeBytes(of: source.number.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: studentNumber.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: capturedAt.bigEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }
}
