extension Setting {
  /// The key without its last part.
  fileprivate var group: Substring { key.lastIndex(of: ".").map { key[..<$0] } ?? "" }
}

/// `exam-monitoring.yaml` with every setting there is, explained and commented out: the reference of settings.
public enum SettingReference {
  private static let width = 110

  public static func text() -> String {
    var lines = [
      "# Settings of ExamMonitoring, each with its default. This file is written by `exam-monitoring config template`.",
      "#",
      "# Remove the # before a setting to change it. The command line and the environment (EXAM_MONITORING_PORT for port) take",
      "# precedence over this file. `exam-monitoring config check --config FILE` says what is wrong with it, `exam-monitoring",
      "# config show --config FILE` what a server that is started with it would use, and where each value is from.",
      "#",
      "# Changes take effect at the next start. Where it says SIGHUP, that signal is enough; new exams means that exams",
      "# that are on keep the old value until the next start.",
    ]
    for section in SettingTable.sections {
      lines += ["", "", "## \(section.title)"]
      if let introduction = section.introduction { lines += wrapped(introduction) }
      // What was said of one kind of alert is not said again of the next.
      var said: Set<[String]> = []
      var group: Substring = ""
      for setting in section.settings {
        let words = wrapped(setting.meaning) + wrapped(facts(setting))
        let isNew = said.insert(words).inserted
        if isNew || setting.group != group { lines.append("") }
        group = setting.group
        if isNew { lines += words }
        lines.append("#\(setting.key): \(written(setting.standard))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Unit, bounds, what changes when it is raised, and when it takes effect: in one line.
  private static func facts(_ setting: Setting) -> String {
    var facts: [String] = []
    switch setting.kind {
    case .whole(let range): facts.append("\(range.lowerBound) to \(range.upperBound)" + unit(setting))
    case .number(let range):
      facts.append("\(short(range.lowerBound)) to \(short(range.upperBound))" + unit(setting))
    case .choice(let words): facts.append(words.joined(separator: ", "))
    case .flag: facts.append("true or false")
    case .list: facts.append("separated by commas, or a list")
    case .text, .secret: break
    }
    if let raised = setting.whenRaised { facts.append("higher: \(raised)") }
    switch setting.effect {
    case .restart: break
    case .reload: facts.append("SIGHUP")
    case .newExams: facts.append("SIGHUP, new exams")
    }
    return facts.isEmpty ? "" : "[" + facts.joined(separator: "; ") + "]"
  }

  private static func unit(_ setting: Setting) -> String { setting.unit.map { " \($0)" } ?? "" }

  /// A value as YAML: what is set to nothing is written so that it is seen.
  static func written(_ value: String) -> String {
    let isPlain = value.wholeMatch(of: /[\w.\/-]+/) != nil
    return isPlain ? value : "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append("# \(word)")
      }
    }
    return lines
  }
}
