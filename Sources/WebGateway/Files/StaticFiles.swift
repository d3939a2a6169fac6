/// Serves the pages and the files they load.
@GatewayActor
final class StaticFiles {
  private let folder: PageFolder
  private let pages: [String: String]

  /// - Parameters:
  ///   - pages: names in `folder` by path, such as `/teacher` to `teacher.html`.
  init(folder: PageFolder, pages: [String: String]) {
    self.folder = folder
    self.pages = pages
  }

  private func file(_ request: HTTPRequest) -> PageFolder.File? {
    folder[pages[request.path] ?? request.segments.joined(separator: "/")]
  }

  /// Whether it is what tells people why they are refused: the first page with a problem, or a file that pages load. Those
  /// who come by a wrong name or without encryption get these, too.
  func isForAnybody(_ request: HTTPRequest) -> Bool {
    guard request.method == .get, let file = file(request) else { return false }
    return request.path == "/" ? request.query["problem"] != nil : !file.type.hasPrefix("text/html")
  }

  /// Nil if there is no such file.
  func answer(_ request: HTTPRequest) -> HTTPResponse? {
    guard let file = file(request) else { return nil }
    guard request.method == .get || request.method == .head else {
      return GatewayProblem.methodNotAllowed.response(adding: [("Allow", "GET, HEAD")])
    }
    var headers = SecurityHeaders.page
    headers.append(("ETag", file.tag))
    // Cached, but revalidated each time, so that a new version of the server shows at once.
    headers.append(("Cache-Control", "no-cache"))
    if request.list("If-None-Match").contains(file.tag[...]) {
      return HTTPResponse(status: 304, headers: headers)
    }
    headers.append(("Content-Type", file.type))
    return HTTPResponse(status: 200, headers: headers, body: .shared(file.bytes))
  }
}
