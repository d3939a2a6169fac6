import Foundation

/// Reads files that are small if they are what they should be.
enum SmallFile {
  /// - Returns: at most one byte more than `maximum`, by which the caller knows that the file is too large.
  /// - Throws: if it cannot be read.
  static func beginning(of path: String, maximum: Int) throws -> Data {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    return try handle.read(upToCount: maximum + 1) ?? Data()
  }
}
