/// Lets an event of one kind through at most once a second and counts the others into the next one.
@GatewayActor
final class EventLimiter {
  enum Kind: Hashable {
    case refusedTotal, refusedPerAddress, refusedHandshake, descriptors, acceptFailed, handshake, slowRequest,
      refusedHost, refusedOrigin, refusedUnencrypted, tooManyRequests
  }

  private struct Waiting {
    var count = 0
    var lastEmitted = -Double.infinity
    var event: ((Int) -> GatewayEvent)?
  }

  private let log: @Sendable (GatewayEvent) -> Void
  private var waiting: [Kind: Waiting] = [:]

  init(log: @escaping @Sendable (GatewayEvent) -> Void) { self.log = log }

  /// Counts one more; `event` makes the event from the count.
  func note(_ kind: Kind, _ event: @escaping (Int) -> GatewayEvent) {
    waiting[kind, default: Waiting()].count += 1
    waiting[kind]!.event = event
    emitDue(kind, now: monotonicSeconds())
  }

  /// Emits what has waited for a second.
  func sweep(now: Double) {
    for kind in waiting.keys { emitDue(kind, now: now) }
  }

  private func emitDue(_ kind: Kind, now: Double) {
    guard let entry = waiting[kind], let event = entry.event, now - entry.lastEmitted >= 1 else { return }
    waiting[kind] = Waiting(lastEmitted: now)
    log(event(entry.count))
  }
}
