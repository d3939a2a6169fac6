import ExamModel
import Logging

/// Keeps events, and writes each as a line into the log, so that `server.log` is complete.
struct EventRecorder: Sendable {
  let journal: any Journal
  let logger: Logger

  /// When this returns, the entries are kept, or waiting longer is in vain: `Journal.append`.
  func keep(_ entries: [JournalEntry], by deadline: Instant) async {
    await journal.append(entries, by: deadline)
    for case .event(let event) in entries { log(event) }
  }

  private func log(_ event: JournalEvent) {
    var metadata: Logger.Metadata = ["session": "\(event.session)"]
    if let name = event.name { metadata["name"] = "\(name)" }
    if let participant = event.participant { metadata["participant"] = "\(participant)" }
    for (key, value) in event.fields { metadata[key] = "\(value)" }
    logger.info("\(event.kindName)", metadata: metadata)
  }

  /// The log says what was erased, and why, like the receipt in the store.
  func noteErasure(_ receipt: ErasureReceipt, by name: String) {
    logger.info(
      "erased",
      metadata: [
        "session": "\(receipt.session)", "reason": "\(receipt.reason.rawValue)",
        "participants": "\(receipt.participants)", "events": "\(receipt.events)",
        "pictures": "\(receipt.pictures)", "by": "\(name)",
      ])
  }
}
