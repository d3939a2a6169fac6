import CFuzz
import Glibc

/// `exam-fuzz TARGET [libFuzzer's options and corpora]`, or `exam-fuzz` alone for the names of the targets.
@main
enum ExamFuzz {
  static func main() {
    guard let chosen else {
      for target in FuzzTarget.all { print(target.name) }
      exit(CommandLine.argc > 1 ? 2 : 0)
    }
    // libFuzzer gets what follows the target's name.
    chosenTarget = chosen
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    exit(LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
  }

  private static var chosen: FuzzTarget? {
    FuzzTarget.all.first { $0.name == CommandLine.arguments.dropFirst().first }
  }
}

/// Set once, before the run.
nonisolated(unsafe) private var chosenTarget: FuzzTarget?

private func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  chosenTarget!.run(UnsafeRawBufferPointer(start: data, count: size))
  return 0
}
