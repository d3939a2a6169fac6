import Foundation
import Glibc

/// Tells the service manager that started the server how it is; without one nothing is said.
///
/// The protocol is sd_notify(3): lines of text in one datagram to the socket that `NOTIFY_SOCKET` names. Its manual asks
/// programs to speak it themselves instead of depending on a library.
final class ServiceManager: Sendable {
  private let socket: Int32
  private let address: sockaddr_un
  private let addressLength: socklen_t
  /// How often it wants to hear that the server is well; `nil`: not at all.
  let watchdogInterval: Duration?

  /// - Returns: `nil` if nobody wants to be told.
  init?(environment: [String: String]) {
    guard let name = environment["NOTIFY_SOCKET"], name.first == "/" || name.first == "@" else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    // Of an abstract name, which begins with a zero, the length says where it ends.
    if name.first == "@" { bytes[0] = 0 }
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    self.address = address
    addressLength = socklen_t(
      MemoryLayout.offset(of: \sockaddr_un.sun_path)! + bytes.count + (bytes[0] == 0 ? 0 : 1))
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    // The time may be meant for another process.
    let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    watchdogInterval = environment["WATCHDOG_USEC"].flatMap(Int.init).flatMap {
      isForUs && $0 > 0 ? .microseconds($0) : nil
    }
  }

  deinit { close(socket) }

  /// Never waits: a manager that does not read misses a line.
  func tell(_ lines: String...) {
    var address = address
    let text = Array(lines.joined(separator: "\n").utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(socket, text, text.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), $0, addressLength)
      }
    }
  }

  /// The server reads its settings anew and is not to be disturbed; `READY=1` ends it.
  func tellReloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    tell("RELOADING=1", "MONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
  }
}
