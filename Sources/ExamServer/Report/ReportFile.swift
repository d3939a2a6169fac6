import Foundation

/// Writes a report to a file atomically: readers see the complete old file or the complete new one.
enum ReportFile {
  /// - Parameter path: of a file that may exist; a link is followed.
  static func write(_ bytes: [UInt8], to path: String) throws(ReportProblem) {
    let target = try target(path)
    let folder = (target as NSString).deletingLastPathComponent
    // Next to the file, since renaming works within one file system.
    let name =
      ".\((target as NSString).lastPathComponent.prefix(100)).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
    let temporary = folder.isEmpty ? name : "\(folder)/\(name)"
    // A report is about people: nobody else reads it unless its owner says so.
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .output(path, problem: Self.words(errno)) }
    do throws(ReportProblem) {
      defer { close(file) }
      try fill(file, bytes, path)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      let problem = Self.words(errno)
      unlink(temporary)
      throw .output(path, problem: problem)
    }
  }

  /// The intended file.
  private static func target(_ path: String) throws(ReportProblem) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .output(path, problem: "it is a folder")
    // Renaming would replace a device or a pipe by a file.
    default:
      throw .output(
        path, problem: "it is no ordinary file; without --output the report goes to standard output")
    }
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func fill(_ file: Int32, _ bytes: [UInt8], _ path: String) throws(ReportProblem) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress! + written, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .output(path, problem: words(errno)) }
      written += count
    }
    guard fsync(file) == 0 else { throw .output(path, problem: words(errno)) }
  }

  private static func words(_ error: Int32) -> String { String(cString: strerror(error)) }
}
