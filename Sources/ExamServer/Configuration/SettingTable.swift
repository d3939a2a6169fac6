import ExamModel

/// Settings that belong together, under a heading of `exam-monitoring.yaml`.
struct SettingSection: Sendable {
  let title: String
  var introduction: String?
  let settings: [Setting]
}

/// Every setting there is: the command line, the environment, the file and its reference are made from this table.
enum SettingTable {
  static let sections = [
    listening, folders, admission, proxies, encryption, faceCheck, exams, keeping, alerts, pictures,
  ]

  static let all = sections.flatMap(\.settings)

  static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}
