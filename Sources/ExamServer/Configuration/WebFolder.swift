import Foundation

/// The folder with the pages.
enum WebFolder {
  /// What is served under addresses of its own.
  static let pages = ["/": "index.html", "/teacher": "teacher.html", "/student": "student.html"]

  /// - Throws: `ServerConfiguration.InvalidSetting` for a folder without the pages: the server would run, and answer 404.
  static func check(_ folder: String) throws {
    for page in pages.values.sorted() where !FileManager.default.isReadableFile(atPath: "\(folder)/\(page)") {
      throw ServerConfiguration.InvalidSetting(
        key: "web_dir",
        problem:
          "there is no \(folder)/\(page); give the folder that holds the pages, Web in what you downloaded, or start the "
          + "server where it lies")
    }
  }
}
