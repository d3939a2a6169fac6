import Foundation
import Glibc

/// Makes GLib allocate memory with `malloc`.
enum GLibAllocator {
  /// Restarts the program, as the same process, with the setting in its environment; does nothing the second time.
  ///
  /// GLib's own allocator (up to 2.74) keeps the memory of thousands of small objects of a large exam: 14 MB after 200
  /// students. It is selected by the environment before `main`, when GLib is loaded.
  ///
  /// So is the number of malloc's arenas: the C library reserves 64 MB of address space for each, by default for eight
  /// times as many threads as there are cores. That was 1.4 GB before anybody joined, which matters if address space is
  /// limited (`ulimit -v`, `prlimit --as`). More than two threads per core are never busy at once.
  static func useMalloc() {
    guard getenv("G_SLICE") == nil else { return }
    setenv("G_SLICE", "always-malloc", 1)
    setenv("MALLOC_ARENA_MAX", String(max(4, 2 * ProcessInfo.processInfo.activeProcessorCount)), 0)
    var problem = "its path is unknown"
    // By its own path, not /proc/self/exe, which would become the process's name.
    if let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      // Swift's threads block signals, and the new program would inherit that.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      execv(program, CommandLine.unsafeArgv)
      problem = "\(program): \(String(cString: strerror(errno)))"
    }
    let text = "The program could not be started anew with G_SLICE=always-malloc (\(problem)): "
    FileHandle.standardError.write(Data((text + "it keeps more memory after an exam.\n").utf8))
  }
}
