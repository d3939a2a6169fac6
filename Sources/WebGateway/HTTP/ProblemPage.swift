/// A problem shown to somebody who opened an address in a browser: a report's link for the second time, or the server
/// by a name it does not know. JSON would say the same, but nobody reads it there.
struct ProblemPage: Sendable {
  let title: String
  let detail: String

  /// Whether the answer will be displayed as a page. Scripts and images do not ask for `text/html`.
  static func isWanted(by headers: [String: String]) -> Bool {
    headers["accept"]?.lowercased().contains("text/html") == true
  }

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    </head>
    <body>
    <h1>\(escaped(title))</h1>
    <p>\(escaped(detail))</p>
    </body>
    </html>

    """
  }

  /// The text may repeat what a stranger sent.
  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
