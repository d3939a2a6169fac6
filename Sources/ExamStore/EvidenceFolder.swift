import ExamModel
import Foundation
import Synchronization

/// The pictures of alerts: `pictures/CODE/ALERT.jpg`. A picture is written under another name and renamed, so that a
/// file with a picture's name is complete. What cannot be written waits in memory, up to a number of bytes.
final class EvidenceFolder: Sendable {
  private let path: String
  private let capacity: Int
  private let room: PictureRoom
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())
  private let sentence = Mutex<String?>(nil)

  private struct Picture {
    let session: SessionCode
    let alert: AlertID
    let bytes: [UInt8]
  }

  private struct State {
    var waiting = WaitingLine<Picture>()
    var waitingBytes = 0
    var dropped = 0
    var failure: String?
    var lastTry = ContinuousClock.now
    /// Sessions that are erased or about to be: their pictures are no longer accepted.
    var closed: Set<SessionCode> = []
  }

  private static let suffix = ".jpg"
  private static let partial = ".part"

  init(
    _ folder: DataFolder, capacity: Int, room: PictureRoom, report: @escaping @Sendable (String) -> Void
  ) {
    path = folder.pictures
    self.capacity = capacity
    self.room = room
    self.report = report
  }

  /// `nil` while every picture is in its file.
  var trouble: String? { sentence.withLock { $0 } }

  // MARK: Keeping

  /// - Parameter jpeg: a picture for which storage was reserved.
  func keep(_ jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode) {
    guard EvidenceFolder.isFileName(alert) else {
      room.giveBack(jpeg.count, of: session)
      return report("a picture of session \(session) is not kept: its alert's name cannot be a file's")
    }
    state.withLock { state in
      guard !state.closed.contains(session) else { return room.giveBack(jpeg.count, of: session) }
      drain(&state)
      if state.waiting.isEmpty, mayTry(state) {
        if let cause = write(jpeg, of: alert, in: session) {
          fail(cause, &state)
        } else {
          return recover(&state)
        }
      }
      if state.waitingBytes + jpeg.count <= capacity {
        state.waiting.append(Picture(session: session, alert: alert, bytes: Array(jpeg)))
        state.waitingBytes += jpeg.count
      } else {
        state.dropped += 1
        room.giveBack(jpeg.count, of: session)
      }
      setTrouble(state)
    }
  }

  /// Retries what waits.
  func retry() {
    state.withLock { state in
      guard !state.waiting.isEmpty else { return }
      drain(&state)
      setTrouble(state)
    }
  }

  private func mayTry(_ state: State) -> Bool {
    state.failure == nil || .now - state.lastTry >= JournalWriter.pause
  }

  private func drain(_ state: inout State) {
    guard mayTry(state) else { return }
    while let picture = state.waiting.first(where: { _ in true }) {
      let cause = picture.bytes.withUnsafeBytes { write($0, of: picture.alert, in: picture.session) }
      if let cause { return fail(cause, &state) }
      state.waiting.removeFirst(1)
      state.waitingBytes -= picture.bytes.count
      if state.waiting.isEmpty { recover(&state) }
    }
  }

  private func fail(_ cause: String, _ state: inout State) {
    if state.failure == nil { report("pictures of alerts cannot be written to \(path): \(cause)") }
    state.failure = cause
    state.lastTry = .now
  }

  private func recover(_ state: inout State) {
    guard state.failure != nil else { return }
    state.failure = nil
    let loss = state.dropped == 0 ? "" : "; \(state.dropped) found no room in memory and are lost"
    report("pictures of alerts are written to \(path) again\(loss)")
    state.dropped = 0
    setTrouble(state)
  }

  private func setTrouble(_ state: State) {
    let text = state.failure.map { cause in
      let loss = state.dropped == 0 ? "" : " \(state.dropped) more found no room in memory and are lost."
      return """
        Pictures of alerts cannot be written to \(path) (\(cause)): \
        \(StoreWords.waiting(state.waiting.count, "picture", "pictures")).\(loss) Free some space there, or mend the folder; the server then goes on by itself.
        """
    }
    sentence.withLock { $0 = text }
  }

  /// - Returns: what went wrong.
  private func write(_ jpeg: UnsafeRawBufferPointer, of alert: AlertID, in session: SessionCode) -> String? {
    for folder in [path, folder(session)] where mkdir(folder, 0o700) == 0 { chmod(folder, 0o700) }
    let target = file(alert, session)
    let temporary = target + EvidenceFolder.partial
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return lastError() }
    fchmod(descriptor, 0o600)
    var rest = UnsafeRawBufferPointer(rebasing: jpeg[...])
    var cause: String?
    while !rest.isEmpty, cause == nil {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if count == 0 || errno != EINTR {
        cause = lastError()
      }
    }
    if Glibc.close(descriptor) != 0, cause == nil { cause = lastError() }
    if cause == nil, rename(temporary, target) != 0 { cause = lastError() }
    if cause != nil { unlink(temporary) }
    return cause
  }

  // MARK: Reading

  /// `nil` if none was kept or the file is gone.
  func picture(of alert: AlertID, in session: SessionCode) throws -> [UInt8]? {
    try kept(alert, session, waiting: \.self) { file, _ in [UInt8](try file.readToEnd() ?? Data()) }
  }

  /// What is known of a picture without reading it; `nil` if none was kept or the file is gone.
  func keptPicture(of alert: AlertID, in session: SessionCode) throws -> KeptPicture? {
    try kept(alert, session, waiting: { KeptPicture($0) }) { file, size in
      KeptPicture(beginning: try file.read(upToCount: KeptPicture.beginning) ?? Data(), bytes: size)
    }
  }

  /// - Parameters:
  ///   - waiting: what it is of a picture that still waits in memory.
  ///   - read: reads it from the picture's file of this size.
  private func kept<Value>(
    _ alert: AlertID, _ session: SessionCode, waiting value: ([UInt8]) -> Value,
    read: (FileHandle, Int) throws -> Value
  ) throws -> Value? {
    guard EvidenceFolder.isFileName(alert) else { return nil }
    let waiting = state.withLock { state in
      state.waiting.first { $0.alert == alert && $0.session == session }
    }
    if let waiting { return value(waiting.bytes) }
    let path = file(alert, session)
    func unreadable(_ cause: String) -> StoreError {
      StoreError("the picture file \(path) cannot be read: \(cause)")
    }
    // A special file must not block a reader.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw unreadable(lastError())
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      let size = Int(try file.seekToEnd())
      try file.seek(toOffset: 0)
      if size > 0 { return try read(file, size) }
    } catch {
      throw unreadable(error.localizedDescription)
    }
    report("the picture file \(path) is empty")
    return nil
  }

  // MARK: Erasing

  /// Accepts no more pictures of `session`.
  /// - Returns: how many there are.
  func close(_ session: SessionCode) -> Int {
    state.withLock { state in
      state.closed.insert(session)
      let waiting = Set(state.waiting.filter { $0.session == session }.map(\.alert.rawValue))
      let written = names(in: folder(session)).filter { $0.hasSuffix(EvidenceFolder.suffix) }
        .map { String($0.dropLast(EvidenceFolder.suffix.count)) }
      return waiting.union(written).count
    }
  }

  /// Accepts pictures of `session` again, because it still exists.
  func reopen(_ session: SessionCode) {
    _ = state.withLock { $0.closed.remove(session) }
  }

  /// A new session has the code of an erased one: pictures that could not be removed then must not become its own.
  func begin(_ session: SessionCode) {
    guard state.withLock({ $0.closed.contains(session) }) else { return }
    do { try erase(session) } catch { report(error.description) }
    reopen(session)
  }

  /// Removes all pictures of `session`.
  func erase(_ session: SessionCode) throws(StoreError) {
    state.withLock { state in
      state.waiting.removeAll { $0.session == session }
      state.waitingBytes = state.waiting.reduce(0) { $0 + $1.bytes.count }
      if state.waiting.isEmpty { recover(&state) }
    }
    let folder = folder(session)
    do {
      try FileManager.default.removeItem(atPath: folder)
      room.clear(session)
    } catch {
      guard access(folder, F_OK) == 0 else { return room.clear(session) }
      throw StoreError(
        """
        the journal of session \(session) is erased, its pictures in \(folder) are not: \(error.localizedDescription). \
        Delete that folder, or restart the server, which tries again.
        """)
    }
  }

  /// Sessions that have a folder, and when something was last put into it.
  func folders() -> [(session: SessionCode, changed: Timestamp)] {
    names(in: path).compactMap { name in
      var status = stat()
      guard let session = SessionCode(name), stat(folder(session), &status) == 0 else { return nil }
      return (session, Timestamp(microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000))
    }
  }

  /// Counts the existing pictures, and removes what a previous process left half-written.
  /// - Throws: if no picture could be kept.
  func takeUp() throws(StoreError) {
    let permissions = R_OK | W_OK | X_OK
    let advice = "Check that it and all that is in it belong to the user who runs the server."
    guard access(path, F_OK) != 0 || access(path, permissions) == 0 else {
      throw StoreError(
        "the folder of the pictures of alerts, \(path), cannot be written: \(lastError()). \(advice)")
    }
    for (session, _) in folders() {
      if access(folder(session), permissions) != 0 {
        report("the pictures in \(folder(session)) cannot be read or erased: \(lastError()). \(advice)")
      }
      var (pictures, bytes) = (0, 0)
      for name in names(in: folder(session)) {
        let file = folder(session) + "/" + name
        var status = stat()
        if name.hasSuffix(EvidenceFolder.partial) {
          unlink(file)
        } else if stat(file, &status) == 0 {
          pictures += 1
          bytes += Int(status.st_size)
        }
      }
      room.count(pictures: pictures, bytes: bytes, of: session)
    }
  }

  func folder(_ session: SessionCode) -> String { path + "/" + session.digits }

  private func file(_ alert: AlertID, _ session: SessionCode) -> String {
    folder(session) + "/" + alert.rawValue + EvidenceFolder.suffix
  }

  private func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Names come from requests too, and must not lead anywhere else.
  private static func isFileName(_ alert: AlertID) -> Bool {
    let name = alert.rawValue.utf8
    return (1...64).contains(name.count)
      && name.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
          || $0 == 0x2D
      }
  }
}
