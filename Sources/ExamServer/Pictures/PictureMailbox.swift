import ExamModel
import MediaPipeline
import Synchronization

/// Where a pipeline's streaming thread leaves its newest pictures for the gateway's thread. A picture not fetched in
/// time is replaced, and the gateway is woken once for everything that came since its last visit.
final class PictureMailbox: Sendable {
  private struct Content {
    var newest: [PictureView: TapPicture] = [:]
    var isWakeUpPending = false
  }

  private let content = Mutex(Content())

  /// Leaves a picture; called on the streaming thread.
  ///
  /// - Returns: whether the receiver must be woken.
  func put(_ picture: TapPicture, view: PictureView) -> Bool {
    content.withLock { content in
      content.newest[view] = picture
      defer { content.isWakeUpPending = true }
      return !content.isWakeUpPending
    }
  }

  /// Takes everything that waits.
  func take() -> [PictureView: TapPicture] {
    content.withLock { content in
      content.isWakeUpPending = false
      defer { content.newest = [:] }
      return content.newest
    }
  }
}
