import GLibRuntime
import Glibc

/// One scan of a folder of pages.
///
/// Reads regular files of the types that pages need, skipping names, and folders, that begin with a dot. A symbolic
/// link counts if it leads to a file in the folder; links out of it, and links to folders, which might be cyclic, are
/// not followed.
struct PageSearch {
  private static let maximumFileBytes = 16 << 20
  private static let maximumBytes = 64 << 20
  /// Files and folders, of whatever type.
  private static let maximumEntries = 1000
  private static let maximumDepth = 8

  private let root: String
  private let known: [String: PageFolder.File]
  private var found: [String: PageFolder.File] = [:]
  private var bytes = 0
  private var entries = 0

  /// - Parameters:
  ///   - libraries: the paths of files elsewhere, by the names they have here; a missing one stays as it was.
  ///   - known: the previous result; a file that has not changed since is not read again.
  /// - Returns: the files by name, such as `js/app.js`.
  static func run(
    _ path: String, libraries: [String: String], known: [String: PageFolder.File]
  ) throws(PageFolder.ReadError) -> [String: PageFolder.File] {
    // Resolved anew each time: the path may be a link that is changed to another version.
    guard let root = resolve(path) else { throw unreadable(path) }
    var search = PageSearch(root: root, known: known)
    try search.look(into: "", depth: 0)
    for (name, path) in libraries {
      search.found[name] = known[name]
      var status = stat()
      guard let file = resolve(path), let type = PageType.of(name), stat(file, &status) == 0 else { continue }
      try search.add(name, type, file, status)
    }
    return search.found
  }

  private init(root: String, known: [String: PageFolder.File]) {
    self.root = root
    self.known = known
  }

  /// - Parameter prefix: of the names in it, such as `js/`.
  private mutating func look(into prefix: String, depth: Int) throws(PageFolder.ReadError) {
    let path = "\(root)/\(prefix)"
    guard depth <= Self.maximumDepth else { throw Self.tooMuch(path) }
    guard let folder = opendir(path) else {
      if errno == ENOENT, depth > 0 { return }
      throw Self.unreadable(path)
    }
    defer { closedir(folder) }
    while true {
      errno = 0
      guard let entry = readdir(folder) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      entries += 1
      guard entries <= Self.maximumEntries else { throw Self.tooMuch(path) }
      try take(prefix + name, depth: depth)
    }
    if errno != 0 { throw Self.unreadable(path) }
  }

  private mutating func take(_ name: String, depth: Int) throws(PageFolder.ReadError) {
    var path = "\(root)/\(name)"
    var status = stat()
    // A file that has just been removed is skipped.
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR { return try look(into: name + "/", depth: depth + 1) }
    guard let type = PageType.of(name) else { return }
    if status.st_mode & S_IFMT == S_IFLNK {
      guard let target = Self.resolve(path), target.hasPrefix(root + "/"), stat(target, &status) == 0 else {
        return
      }
      path = target
    }
    try add(name, type, path, status)
  }

  private mutating func add(
    _ name: String, _ type: String, _ path: String, _ status: stat
  ) throws(PageFolder.ReadError) {
    guard status.st_mode & S_IFMT == S_IFREG else { return }
    let size = Int(status.st_size)
    bytes += size
    guard size <= Self.maximumFileBytes, bytes <= Self.maximumBytes else { throw Self.tooMuch(path) }
    let tag = Self.tag(status)
    if let file = known[name], file.tag == tag {
      found[name] = file
    } else if let read = try Self.read(path, like: tag, count: size) {
      found[name] = .init(tag: tag, type: type, bytes: read)
    } else {
      // Somebody is writing it: the old one is used until the next scan.
      found[name] = known[name]
    }
  }

  private static func tooMuch(_ path: String) -> PageFolder.ReadError {
    .init(
      path: path,
      problem:
        "is more than the folder of the pages may hold: \(maximumEntries) files, \(maximumDepth) folders deep, "
        + "\(maximumBytes >> 20) MiB in all and \(maximumFileBytes >> 20) MiB each")
  }

  private static func tag(_ status: stat) -> String {
    let time = status.st_mtim
    return
      "\"\(String(time.tv_sec, radix: 36))-\(String(time.tv_nsec, radix: 36))-\(String(status.st_size, radix: 36))\""
  }

  /// - Returns: nil if it no longer is, at the end, the version with the tag.
  private static func read(
    _ path: String, like tag: String, count: Int
  ) throws(PageFolder.ReadError) -> SharedBytes? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ELOOP { return nil }
      throw unreadable(path)
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + done, count - done) }
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw unreadable(path) }
      if got == 0 { return nil }
      done += got
    }
    var status = stat()
    return fstat(descriptor, &status) == 0 && Self.tag(status) == tag ? SharedBytes(bytes) : nil
  }

  /// The path without symbolic links.
  private static func resolve(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func unreadable(_ path: String) -> PageFolder.ReadError {
    .init(path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
  }
}
