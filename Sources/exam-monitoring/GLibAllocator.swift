import Foundation
import Glibc

/// Has GLib take and give back memory by `malloc`.
enum GLibAllocator {
  /// Starts the program anew, as the same process, with the setting in its environment; does nothing in that one.
  ///
  /// GLib's own allocator (up to 2.74) keeps what thousands of small objects of a large exam used: 14 MB after 200
  /// students. It is chosen by the environment before `main`, when GLib is loaded.
  ///
  /// So is the number of malloc's arenas: of each the system's library takes 64 MB of addresses, by default for eight times
  /// as many threads as there are cores. That was 1.4 GB before anybody came, which counts where a limit on addresses is set
  /// (`ulimit -v`, `prlimit --as`). More than two threads for each core are never busy at once.
  static func useMalloc() {
    guard getenv("G_SLICE") == nil else { return }
    setenv("G_SLICE", "always-malloc", 1)
    setenv("MALLOC_ARENA_MAX", String(max(4, 2 * ProcessInfo.processInfo.activeProcessorCount)), 0)
    var problem = "its path is unknown"
    // By its own path, not /proc/self/exe, which would become the process's name.
    if let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      // Swift's threads block signals, and the new program would begin like that.
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
