import ExamModel
import Logging

/// Writes each event into the store and, as a line, to the log, so that `server.log` tells the whole story.
struct EventRecorder: Sendable {
  let store: any SessionStore
  let logger: Logger

  /// When this returns, the event is kept; only then may anybody be told of it.
  func record(_ event: JournalEvent) {
    store.append(event)
    var metadata: Logger.Metadata = ["session": "\(event.session)"]
    if let name = event.name { metadata["name"] = "\(name)" }
    if let participant = event.participant { metadata["participant"] = "\(participant)" }
    for (key, value) in event.fields { metadata[key] = "\(value)" }
    logger.info("\(event.kindName)", metadata: metadata)
  }

  /// The log tells what was erased, and why, like the receipt in the store.
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
