/// Bounds of exams, and what is kept of them.
extension SettingTable {
  static let exams = SettingSection(
    title: "Exams",
    settings: [
      Setting(
        "maximum_sessions", .whole(1...10_000), "50", unit: "exams", "Exams at once.",
        whenRaised: "more can be created than the machine may hold", effect: .reload),
      Setting(
        "maximum_participants", .whole(2...5_000), "250", unit: "students",
        "Students in one exam; up to 50 teachers in addition.",
        whenRaised: "one exam can take more of the machine", effect: .newExams),
      Setting(
        "maximum_tile_rate", .number(0.1...30), "5", unit: "pictures per second",
        "Of each tile, whatever a page asks for.",
        whenRaised: "costs processor time, and the teachers' network",
        effect: .newExams),
      Setting(
        "session_idle_hours", .number(0.001...720), "12", unit: "hours",
        "An exam without any connection for this long ends by itself.",
        whenRaised: "exams that somebody forgot to end are kept open longer", effect: .reload),
    ])

  static let keeping = SettingSection(
    title: "What is kept",
    introduction:
      "docs/data.md says what that is. Where two bounds are for one exam and for all, the first that is reached counts.",
    settings: [
      Setting(
        "retention_days", .number(0.01...3650), "30", unit: "days",
        "How long an exam's data are kept after its end; then they are erased, and a receipt remains.",
        whenRaised: "what is older is kept from then on; what was erased stays erased", effect: .reload),
      Setting(
        "maximum_journal_megabytes", .number(0.1...100_000), "64", unit: "MB",
        """
        Of one exam's journal. At 80 % teachers are warned; beyond it chat, notes and accommodations are refused, and \
        everything else is still kept.
        """, whenRaised: "a flood of notes can take more of the disk", effect: .newExams),
      Setting(
        "maximum_exam_pictures", .whole(1...10_000_000), "5000", unit: "pictures",
        """
        Pictures of alerts of one exam; one student may have a tenth of them. At 80 % teachers are warned; beyond it alerts \
        continue without a picture and say so.
        """, whenRaised: "an exam can take more of the disk"),
      Setting(
        "maximum_exam_picture_megabytes", .number(0.01...10_000_000), "500", unit: "MB",
        "The same in bytes.", whenRaised: "an exam can take more of the disk"),
      Setting(
        "maximum_pictures", .whole(1...10_000_000), "200000", unit: "pictures",
        "Pictures of alerts of all exams.",
        whenRaised: "more of the disk is used"),
      Setting(
        "maximum_picture_megabytes", .number(0.01...10_000_000), "20000", unit: "MB", "The same in bytes.",
        whenRaised: "more of the disk is used"),
      Setting(
        "maximum_log_megabytes", .number(0.01...100_000), "20", unit: "MB",
        "server.log of this size is renamed to server.log.1.", whenRaised: "more of the disk is used"),
      Setting(
        "old_logs", .whole(1...100), "5", unit: "files", "Renamed logs that are kept.",
        whenRaised: "more of the disk is used"),
      Setting(
        "fresh_database", .flag, "false",
        "Move an unreadable database aside and begin a new one. Nothing is deleted."),
    ])
}
