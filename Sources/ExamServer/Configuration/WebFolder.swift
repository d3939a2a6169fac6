import Foundation
import WebGateway

/// The folder of the pages.
enum WebFolder {
  /// Pages that are served under addresses of their own.
  static let pages = ["/": "index.html", "/teacher": "teacher.html", "/student": "student.html"]
  /// Files that the pages use from system packages.
  static let libraries = ["library/i18next.min.js": "/usr/share/javascript/i18next/i18next.min.js"]

  /// A file that the pages need and that no setting names.
  struct MissingLibrary: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "there is no \(path), which the pages need: install the package libjs-i18next, or all that the server needs by deploy/install-packages.sh runtime"
    }
  }

  /// - Parameter report: called with the reason when changes in it are not served.
  /// - Throws: `ServerConfiguration.InvalidSetting` for a folder that cannot be read or lacks the pages: the server
  ///   would run, and answer 404. `MissingLibrary`.
  static func read(
    _ path: String, libraries: [String: String] = libraries, report: @escaping @Sendable (String) -> Void
  ) throws -> PageFolder {
    let folder: PageFolder
    do {
      folder = try PageFolder(path, libraries: libraries, report: report)
    } catch {
      throw invalid("\(error)")
    }
    for page in pages.values.sorted() + ["text/en.json"] where !folder.has(page) {
      throw invalid("there is no \(path)/\(page)")
    }
    for (name, path) in libraries where !folder.has(name) { throw MissingLibrary(path: path) }
    return folder
  }

  /// The texts and the style of reports. Reads files on the calling thread.
  ///
  /// - Throws: `ServerConfiguration.InvalidSetting`.
  static func reportLook(_ path: String) throws -> ReportLook {
    let (texts, sheet) = ("\(path)/text/en.json", "\(path)/report/report.css")
    let words: TextCatalogue
    do {
      words = try TextCatalogue(try SmallFile.beginning(of: texts, maximum: TextCatalogue.maximumBytes))
    } catch let fault as TextCatalogue.Fault {
      throw invalid("\(texts) \(fault)")
    } catch {
      throw invalid("\(texts) \(error is DecodingError ? "is no JSON" : "cannot be read")")
    }
    guard let style = try? SmallFile.beginning(of: sheet, maximum: ReportStyle.maximumBytes),
      style.count <= ReportStyle.maximumBytes, let style = String(data: style, encoding: .utf8),
      !style.contains("</")
    else {
      throw invalid(
        "\(sheet) cannot be read, or is no style sheet of at most \(ReportStyle.maximumBytes) bytes")
    }
    return ReportLook(words: words, style: ReportStyle(style, words: words))
  }

  private static func invalid(_ problem: String) -> ServerConfiguration.InvalidSetting {
    .init(
      key: "web_dir",
      problem:
        "\(problem); give the folder that holds the pages, Web in what you downloaded, or start the server where it lies"
    )
  }
}
