import GLibRuntime
import Glibc

/// The pages and the files they load, from one folder.
///
/// A file is read again when its size or time has changed. Only regular files under the folder are served, and none
/// whose name, or a folder's on its way, begins with a dot.
@GatewayActor
final class StaticFiles {
  private struct Entry {
    let tag: String
    let bytes: SharedBytes
  }

  /// Larger files are not served: the folder holds pages.
  private static let maximumFileBytes = 16 * 1024 * 1024

  private let root: String
  private let pages: [String: String]
  private var cache: [String: Entry] = [:]

  /// - Parameters:
  ///   - root: an existing folder.
  ///   - pages: names under `root` by path, such as `/teacher` to `teacher.html`.
  init(root: String, pages: [String: String]) {
    self.root = Self.resolve(root) ?? root
    self.pages = pages
  }

  /// Nil where there is no such file.
  func answer(_ request: HTTPRequest) -> HTTPResponse? {
    let name = pages[request.path] ?? request.segments.joined(separator: "/")
    guard let (entry, type) = load(name) else { return nil }
    guard request.method == .get || request.method == .head else {
      var response = HTTPResponse.problem(status: 405, title: "Method Not Allowed")
      response.headers.append(("Allow", "GET, HEAD"))
      return response
    }
    var headers = SecurityHeaders.page
    headers.append(("ETag", entry.tag))
    // Kept, but asked for each time, so that a new version of the server is seen at once.
    headers.append(("Cache-Control", "no-cache"))
    let known = (request.header("If-None-Match") ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
    if known.contains(entry.tag[...]) { return HTTPResponse(status: 304, headers: headers) }
    headers.append(("Content-Type", type))
    return HTTPResponse(status: 200, headers: headers, body: .shared(entry.bytes))
  }

  private func load(_ name: String) -> (Entry, type: String)? {
    guard !name.isEmpty, !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }),
      let type = Self.contentType(name), let path = Self.resolve(root + "/" + name),
      path.hasPrefix(root + "/")
    else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= Self.maximumFileBytes
    else { return nil }
    let time = status.st_mtim
    let tag =
      "\"\(String(time.tv_sec, radix: 36))-\(String(time.tv_nsec, radix: 36))-\(String(status.st_size, radix: 36))\""
    if let entry = cache[path], entry.tag == tag { return (entry, type) }
    guard let bytes = Self.read(descriptor, count: Int(status.st_size)) else { return nil }
    let entry = Entry(tag: tag, bytes: bytes)
    cache[path] = entry
    return (entry, type)
  }

  private static func read(_ descriptor: Int32, count: Int) -> SharedBytes? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + done, count - done) }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return nil }
      done += got
    }
    return SharedBytes(bytes)
  }

  /// The path without symbolic links, which must not lead out of the folder.
  private static func resolve(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Nil for what is not part of a page.
  private static func contentType(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return switch name[name.index(after: dot)...].lowercased() {
    case "html": "text/html; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "json", "map": "application/json"
    case "webmanifest": "application/manifest+json"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "gif": "image/gif"
    case "webp": "image/webp"
    case "ico": "image/vnd.microsoft.icon"
    case "woff2": "font/woff2"
    case "wasm": "application/wasm"
    case "mp3": "audio/mpeg"
    case "ogg": "audio/ogg"
    case "wav": "audio/wav"
    case "txt": "text/plain; charset=utf-8"
    default: nil
    }
  }
}
