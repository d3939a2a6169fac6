/// Which frames a student may send: the server's window, and key frames after a gap. A pure value.
struct UploadFlow: Sendable {
  enum Decision: Hashable, Sendable {
    case send(sequence: UInt32)
    /// Too many are unacknowledged.
    case windowFull
    /// An earlier frame is missing, so the decoder could not use it.
    case waitsForKeyFrame
  }

  private var window = 0
  private var nextSequence: UInt32 = 0
  /// How many of the newest messages are not acknowledged.
  private(set) var outstanding = 0
  private var needsKeyFrame = true

  /// The server expects a stream on a new connection; nothing is in flight.
  mutating func welcomed(window: Int) {
    self.window = max(1, window)
    outstanding = 0
    needsKeyFrame = true
  }

  /// The server has processed all messages up to `sequence`.
  mutating func acknowledged(_ sequence: UInt32) {
    let newer = nextSequence &- 1 &- sequence
    // An answer to an earlier connection's messages may be older than anything in flight.
    if newer < UInt32(outstanding) { outstanding = Int(newer) }
  }

  /// The server restarts the stream.
  mutating func restarted() {
    outstanding = 0
    needsKeyFrame = true
  }

  /// What to do with the next frame of the recording.
  mutating func offer(isKey: Bool) -> Decision {
    guard outstanding < window else {
      needsKeyFrame = true
      return .windowFull
    }
    guard isKey || !needsKeyFrame else { return .waitsForKeyFrame }
    needsKeyFrame = false
    outstanding += 1
    defer { nextSequence &+= 1 }
    return .send(sequence: nextSequence)
  }
}
