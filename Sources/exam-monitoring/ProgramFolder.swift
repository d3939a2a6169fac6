import Foundation

/// Finds a folder that comes with the program: where it is started, as in a checkout, else where a package has put it.
enum ProgramFolder {
  static func find(_ name: String) -> String {
    let files = FileManager.default
    guard !files.fileExists(atPath: name),
      let program = try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return name }
    let prefix = URL(fileURLWithPath: program).deletingLastPathComponent().deletingLastPathComponent()
    let installed = prefix.appending(path: "share/exam-monitoring/\(name)").path
    return files.fileExists(atPath: installed) ? installed : name
  }
}
