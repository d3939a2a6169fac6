import Foundation

/// Which Debian package has an element of GStreamer: its packages list their elements.
enum DebianPackages {
  /// Lines of apt's list may be long; of a longer one the rest is not looked at.
  private static let longestLine = 1 << 16

  /// - Returns: `nil` if none has it, or apt is not there or knows no packages.
  static func package(ofElement element: String) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/apt-cache")
    process.arguments = ["dumpavail"]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    var (package, line, found) = ("", Data(), String?.none)
    // To the end, also once it is found: a child that nobody reads would wait for ever.
    while let chunk = try? pipe.fileHandleForReading.read(upToCount: longestLine), !chunk.isEmpty {
      guard found == nil else { continue }
      line.append(chunk)
      var lines = line.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      line = Data(lines.removeLast().prefix(longestLine))
      for line in lines where found == nil {
        if let name = value(of: "Package", in: line) { package = name }
        let elements = value(of: "Gstreamer-Elements", in: line)?.split(separator: ",") ?? []
        if elements.contains(where: { $0.trimmingCharacters(in: .whitespaces) == element }) {
          found = package
        }
      }
    }
    process.waitUntilExit()
    return found
  }

  private static func value(of field: String, in line: Data) -> String? {
    guard line.starts(with: "\(field): ".utf8) else { return nil }
    return String(decoding: line.dropFirst(field.utf8.count + 2), as: UTF8.self)
  }

  /// What GStreamer said of a file, and where an element that it does not have can be had.
  static func completed(_ problem: String) -> String {
    guard let element = problem.firstMatch(of: /no element "([\w-]+)"/)?.1,
      let package = package(ofElement: String(element))
    else { return problem }
    return "\(problem): Debian's package \(package) has \(element) (apt install \(package))"
  }
}
