import WebGateway

/// The folder with the pages.
enum WebFolder {
  /// What is served under addresses of its own.
  static let pages = ["/": "index.html", "/teacher": "teacher.html", "/student": "student.html"]

  /// - Parameter report: told why changes in it are not served.
  /// - Throws: `ServerConfiguration.InvalidSetting` for a folder that cannot be read or is without the pages: the server
  ///   would run, and answer 404.
  static func read(_ path: String, report: @escaping @Sendable (String) -> Void) throws -> PageFolder {
    let folder: PageFolder
    do {
      folder = try PageFolder(path, report: report)
    } catch {
      throw invalid("\(error)")
    }
    for page in pages.values.sorted() where !folder.has(page) { throw invalid("there is no \(path)/\(page)") }
    return folder
  }

  private static func invalid(_ problem: String) -> ServerConfiguration.InvalidSetting {
    .init(
      key: "web_dir",
      problem:
        "\(problem); give the folder that holds the pages, Web in what you downloaded, or start the server where it lies"
    )
  }
}
