import Foundation
import Glibc

/// CPU time and memory of a process on this machine, from `/proc`.
struct ProcessWatch: Sendable {
  let pid: Int

  /// - Returns: nil if there is no such process, or it may not be read.
  init?(pid: Int) {
    self.pid = pid
    guard cpuSeconds != nil else { return nil }
  }

  /// The process that listens on a TCP port.
  init?(port: Int) {
    guard let pid = Self.listener(on: port) else { return nil }
    self.init(pid: pid)
  }

  /// User and system time so far.
  var cpuSeconds: Double? {
    guard let fields = Self.text("/proc/\(pid)/stat")?.split(separator: ")").last?.split(separator: " "),
      fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
    else { return nil }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Resident memory in MB of 1,000,000 bytes.
  var residentMegabytes: Double? {
    guard let fields = Self.text("/proc/\(pid)/statm")?.split(separator: " "), fields.count > 1,
      let pages = Double(fields[1])
    else { return nil }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_000_000
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private static func listener(on port: Int) -> Int? {
    let files = FileManager.default
    let wanted = ":" + String(port, radix: 16, uppercase: true).leftPadded(to: 4)
    var sockets: Set<String> = []
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      for line in (text(table) ?? "").split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        // The tenth field is the socket's inode; state 0A means listening.
        if fields.count > 9, fields[1].hasSuffix(wanted), fields[3] == "0A" {
          sockets.insert("socket:[\(fields[9])]")
        }
      }
    }
    guard !sockets.isEmpty else { return nil }
    for name in (try? files.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let pid = Int(name), let descriptors = try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
      else {
        continue
      }
      for descriptor in descriptors {
        let target = try? files.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)")
        if let target, sockets.contains(target) { return pid }
      }
    }
    return nil
  }
}

extension String {
  fileprivate func leftPadded(to length: Int) -> String {
    String(repeating: "0", count: max(0, length - count)) + self
  }
}
