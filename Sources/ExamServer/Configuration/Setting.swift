/// One setting: what may be written for it, and what `exam-monitoring.yaml` says of it.
struct Setting: Sendable {
  /// What may be written. Whatever else is wrong with a value is found where it is used.
  enum Kind: Sendable, Equatable {
    case text
    /// A text that nobody is shown.
    case secret
    /// `true` or `false`.
    case flag
    case choice([String])
    /// Texts, separated by commas or as a YAML list.
    case list
    case whole(ClosedRange<Int>)
    case number(ClosedRange<Double>)
  }

  /// When another value takes effect.
  enum Effect: Sendable, Equatable {
    case restart
    /// On `SIGHUP`.
    case reload
    /// On `SIGHUP`, for exams that are created from then on: the rules of an exam stay what they were.
    case newExams
  }

  /// Parts are separated by dots: `alerts.face_missing.window`.
  let key: String
  let kind: Kind
  /// As in the file; empty where nothing is set.
  let standard: String
  /// Of a number, in words.
  let unit: String?
  let meaning: String
  /// What a higher number changes.
  let whenRaised: String?
  let effect: Effect

  init(
    _ key: String, _ kind: Kind, _ standard: String, unit: String? = nil, _ meaning: String,
    whenRaised: String? = nil, effect: Effect = .restart
  ) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.unit = unit
    self.meaning = meaning
    self.whenRaised = whenRaised
    self.effect = effect
  }

  /// Begins the name of every variable of the environment that is a setting.
  static let prefix = "EXAM_MONITORING_"

  /// `EXAM_MONITORING_ALERTS_FACE_MISSING_WINDOW` for `alerts.face_missing.window`.
  var variable: String { Self.prefix + key.uppercased().replacing(".", with: "_") }
}
