import Foundation

/// The file that a path led to at one time. Otherwise a database that is removed or replaced under a running server
/// could be written for hours without any of it being kept.
struct FileIdentity: Sendable {
  struct Lost: Error {}

  private let path: String
  private let device: dev_t
  private let number: ino_t

  /// `nil` if there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.path = path
    device = status.st_dev
    number = status.st_ino
  }

  var isInPlace: Bool {
    guard let now = FileIdentity(path) else { return false }
    return now.device == device && now.number == number
  }
}
