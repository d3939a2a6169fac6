import Foundation
import MediaPipeline

/// Pictures and streams made by GStreamer, for cases that no recording shows.
enum TestPictures {
  static func jpeg(width: Int, height: Int) async throws -> [UInt8] {
    try await run(
      "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=\(width),height=\(height) ! jpegenc")
  }

  /// The complete output of a gst-launch description.
  static func run(_ description: String) async throws -> [UInt8] {
    let file = NSTemporaryDirectory() + "exam-media-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec gst-launch-1.0 -q \(description) ! filesink location=\(file)"]
    try process.run()
    process.waitUntilExit()
    return try [UInt8](Data(contentsOf: URL(filePath: file)))
  }
}
