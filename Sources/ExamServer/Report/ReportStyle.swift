import Foundation
import GLibRuntime

/// The style of a report, from `Web/report/report.css`. It is embedded, since the page is a single file.
struct ReportStyle: Sendable {
  /// Ours has 9 kB.
  static let maximumBytes = 100_000

  let text: String
  /// What a browser may do with the page: show exactly this style and the embedded pictures, and nothing else. This part
  /// can also be stated in the page itself, for when it is opened as a file.
  let policyOfPage: String

  var contentSecurityPolicy: String { policyOfPage + "; frame-ancestors 'none'" }

  init(_ sheet: String, words: TextCatalogue) {
    let footer = words("report.footer").unicodeScalars.map {
      // What ends a string or the element, by its number (CSS Syntax Level 3, 4.3.7).
      "\"\\<\n".unicodeScalars.contains($0) ? "\\\(String($0.value, radix: 16)) " : String($0)
    }
    // A browser reads line ends so, and compares the hash afterwards.
    let sheet = sheet.replacing("\r\n", with: "\n")
    text = sheet + "@page { @bottom-left { content: \"\(footer.joined())\"; } }\n"
    let digits = Array(sha256(of: text))
    let hash = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
    policyOfPage =
      "default-src 'none'; style-src 'sha256-\(Data(hash).base64EncodedString())'; img-src data:; base-uri 'none'; "
      + "form-action 'none'"
  }
}
