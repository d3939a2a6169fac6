import Dispatch
import GLibRuntime
import Synchronization

/// The folder of pages and the files they load, held in memory: no request waits for a disk. A thread of its own scans
/// it once a second and rereads files whose size or time has changed. If that fails, because the disk hangs or the
/// folder is gone, what was read last is still served.
public final class PageFolder: Sendable {
  struct File: Sendable {
    /// Identifies the version of the file; quoted as in an `ETag`.
    let tag: String
    let type: String
    let bytes: SharedBytes
  }

  /// The folder cannot be served as it is.
  public struct ReadError: Error, CustomStringConvertible {
    public let path: String
    public let problem: String
    public var description: String { "\(path) \(problem)" }
  }

  private static let interval = DispatchTimeInterval.seconds(1)

  private let path: String
  private let libraries: [String: String]
  private let report: @Sendable (String) -> Void
  private let files: Mutex<[String: File]>
  private let lastProblem = Mutex<String?>(nil)
  private let queue = DispatchQueue(label: "pages", qos: .utility)

  /// Reads the folder, on the calling thread.
  ///
  /// - Parameters:
  ///   - libraries: the paths of files installed by the system, by the names they have here.
  ///   - report: receives a sentence on why changes are not served; called on any thread.
  /// - Throws: `ReadError` if something in it cannot be read, or there is more than pages need.
  public init(
    _ path: String, libraries: [String: String] = [:], report: @escaping @Sendable (String) -> Void
  ) throws(ReadError) {
    self.path = path
    self.libraries = libraries
    self.report = report
    files = Mutex(try PageSearch.run(path, libraries: libraries, known: [:]))
    lookLater()
  }

  /// The file with a name such as `js/app.js`.
  subscript(name: String) -> File? { files.withLock { $0[name] } }

  /// Whether there is a file of that name.
  public func has(_ name: String) -> Bool { self[name] != nil }

  private func lookLater() {
    queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
      self?.look()
      self?.lookLater()
    }
  }

  private func look() {
    var problem: String?
    do {
      let found = try PageSearch.run(path, libraries: libraries, known: files.withLock { $0 })
      files.withLock { $0 = found }
    } catch {
      problem = "\(error); the pages stay as they were"
    }
    let isNew = lastProblem.withLock { last in
      defer { last = problem }
      return problem != last
    }
    if isNew, let problem { report(problem) }
  }
}
