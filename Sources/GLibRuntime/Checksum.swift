import CGStreamer
import Glibc

/// The SHA-256 digest of a text's UTF-8 bytes, as 64 hexadecimal digits.
public func sha256(of text: String) -> String {
  let digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1)!
  defer { g_free(digest) }
  return String(cString: digest)
}

/// The HMAC (RFC 2104) with SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits.
public func hmacSHA256(of text: String, key: String) -> String {
  let bytes = Array(key.utf8)
  let digest = g_compute_hmac_for_string(G_CHECKSUM_SHA256, bytes, gsize(bytes.count), text, -1)!
  defer { g_free(digest) }
  return String(cString: digest)
}

/// The SHA-256 digest of a file's content, as 64 hexadecimal digits. Reads piece by piece, and blocks meanwhile.
///
/// - Throws: `FileUnreadable`, also for anything but a regular file, which might never end.
public func sha256(ofFile path: String) throws -> (bytes: Int, digest: String) {
  // Opening a pipe without a writer would block for ever.
  let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  guard file >= 0 else { throw FileUnreadable(path: path, cause: String(cString: strerror(errno))) }
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    throw FileUnreadable(path: path, cause: "it is no plain file")
  }
  let checksum = g_checksum_new(G_CHECKSUM_SHA256)
  defer { g_checksum_free(checksum) }
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  var bytes = 0
  while true {
    let count = read(file, &piece, piece.count)
    if count == 0 { break }
    guard count > 0 else {
      if errno == EINTR { continue }
      throw FileUnreadable(path: path, cause: String(cString: strerror(errno)))
    }
    g_checksum_update(checksum, piece, gssize(count))
    bytes += count
  }
  return (bytes, String(cString: g_checksum_get_string(checksum)))
}

/// A file that cannot be read.
public struct FileUnreadable: Error, CustomStringConvertible {
  public let path: String
  /// The system's error message.
  public let cause: String
  public var description: String { "cannot read \(path): \(cause)" }
}
