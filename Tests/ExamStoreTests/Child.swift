import Foundation
import Testing

/// This test program again, as a process that runs one test and writes numbers into a pipe.
final class Child {
  private static let key = "EXAM_STORE_CHILD"
  static var folder: String? { ProcessInfo.processInfo.environment[key] }

  private var process = pid_t()
  private let descriptor: Int32

  init(_ test: String, in folder: String) throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    descriptor = ends[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 3)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    let words = [CommandLine.arguments[0], "--filter", test, "--testing-library", "swift-testing"]
    let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" } + ["\(Child.key)=\(folder)"]
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    try #require(posix_spawn(&process, words[0], &actions, nil, arguments, variables) == 0)
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
  }

  deinit { close(descriptor) }

  func read() -> Int64? {
    var number: Int64 = 0
    return Glibc.read(descriptor, &number, 8) == 8 ? number : nil
  }

  func kill() {
    Glibc.kill(process, SIGKILL)
    wait()
  }

  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return status
  }
}
