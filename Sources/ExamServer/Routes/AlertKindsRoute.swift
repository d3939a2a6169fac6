import ExamModel
import WebGateway

/// The kinds of alerts with the rules of exams that are created now, and what teachers can grant, for pages and programs, so that
/// nobody has to keep a list of them.
@GatewayActor
final class AlertKindsRoute {
  private let settings: CurrentSettings
  private let words: TextCatalogue
  /// Made once for all who ask, until the rules change.
  private var answer: (rules: AlertRules, response: HTTPResponse)?

  init(settings: CurrentSettings, words: TextCatalogue) {
    self.settings = settings
    self.words = words
  }

  func register(on server: WebServer) {
    server.route(.get, "/api/alert-kinds") { _ in self.response(to: self.settings.now.alerts) }
  }

  private func response(to rules: AlertRules) -> HTTPResponse {
    if let answer, answer.rules == rules { return answer.response }
    var response = HTTPResponse.json(WireJSON.encode(AlertKindsDocument(rules, words)))
    // Other kinds require a restart of the server, other rules a signal.
    response.headers.append(("Cache-Control", "public, max-age=60"))
    answer = (rules, response)
    return response
  }
}

private struct AlertKindsDocument: Encodable {
  /// A field of `status`, and what it means.
  private struct Word: Encodable {
    let field: String
    let bad: [String]
    let good: [String]
  }

  private struct Kind: Encodable {
    let kind: AlertKind
    let severity: AlertSeverity
    let weight: Int
    /// `picture`, `stream` or `page`.
    let source: String
    /// For `page`.
    let says: Word?
    let masks: [AlertKind]
    let window: Double
    let share: Double
    let good_looks: Int
    let clear_after: Double
    let cooldown: Double
    let limit: Double?
    let unit: AlertRow.Measure.Unit?
    let bad_when: String?
    let texts: [String: String]

    init(_ kind: AlertKind, _ rule: AlertRule, _ words: TextCatalogue) {
      let row = kind.row
      self.kind = kind
      severity = rule.severity
      weight = rule.severity.weight
      switch row.source {
      case .picture: (source, says) = ("picture", nil)
      case .stream: (source, says) = ("stream", nil)
      case .page(let field, let bad, let good):
        (source, says) = ("page", Word(field: field, bad: bad, good: good))
      }
      masks = row.masks
      window = rule.window.inSeconds
      share = rule.share
      good_looks = rule.goodLooks
      clear_after = rule.clearAfter.inSeconds
      cooldown = rule.cooldown.inSeconds
      limit = rule.limit
      unit = row.measure?.unit
      bad_when = row.measure.map { $0.isBadAbove ? "above" : "below" }
      let keys = ["title", "short", "student", "hint"].map { "alert.\(kind.rawValue).\($0)" }
      texts = Dictionary(uniqueKeysWithValues: keys.map { ($0, words($0)) })
    }
  }

  private struct Granted: Encodable {
    let kind: Grant
    let minimum: Int?
    let maximum: Int?
  }

  private let kinds: [Kind]
  private let grants = Grant.allCases.map {
    Granted(kind: $0, minimum: $0.amounts?.lowerBound, maximum: $0.amounts?.upperBound)
  }

  init(_ rules: AlertRules, _ words: TextCatalogue) {
    kinds = AlertKind.allCases.compactMap { kind in rules.rules[kind].map { Kind(kind, $0, words) } }
  }
}
