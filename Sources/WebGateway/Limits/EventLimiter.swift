import GLibRuntime

/// Lets an event of one kind through at most once a second and counts the others into the next one.
@GatewayActor
final class EventLimiter {
  enum Kind: Hashable {
    case connectionsRefused(GatewayEvent.RefusalReason)
    case requestsRefused(GatewayEvent.RequestRefusal)
    case descriptors, acceptFailed, handshake, slowRequest, tooManyRequests
  }

  private let log: @Sendable (GatewayEvent) -> Void
  private var throttles: [Kind: Throttle] = [:]
  /// Makes the newest event of a kind from the count.
  private var newest: [Kind: (Int) -> GatewayEvent] = [:]

  init(log: @escaping @Sendable (GatewayEvent) -> Void) { self.log = log }

  /// Counts one more; `event` makes the event from the count.
  func note(_ kind: Kind, _ event: @escaping (Int) -> GatewayEvent) {
    newest[kind] = event
    if let count = throttles[kind, default: Throttle(every: .seconds(1))].add(at: .now) { log(event(count)) }
  }

  /// Emits what has waited for a second.
  func sweep() {
    for (kind, event) in newest {
      if let count = throttles[kind]?.take(at: .now) { log(event(count)) }
    }
  }
}
