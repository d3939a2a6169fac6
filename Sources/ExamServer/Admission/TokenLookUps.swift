import WebGateway

/// For each network, the queue of tokens unknown to any running exam. They are looked up one at a time per network, so
/// that somebody who sends invalid tokens does not fill the archive's queue for others.
@GatewayActor
final class TokenLookUps {
  /// Concurrent requests of one network that may wait for an answer. A class that comes back to an exam that has ended
  /// is told to ask again beyond that.
  static let places = 64

  private struct Line {
    var present = 0
    var isBusy = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private var lines: [GuesserAddress: Line] = [:]

  /// - Returns: whether there was a place; `leave` then releases it.
  func enter(_ network: GuesserAddress) -> Bool {
    guard lines[network, default: Line()].present < Self.places else { return false }
    lines[network, default: Line()].present += 1
    return true
  }

  func leave(_ network: GuesserAddress) {
    lines[network]?.present -= 1
    if lines[network]?.present == 0 { lines[network] = nil }
  }

  /// Runs the look-up of somebody who has entered once those before are done.
  func inTurn<Value: Sendable>(
    _ network: GuesserAddress, _ lookUp: () async throws(Refusal) -> Value
  ) async throws(Refusal) -> Value {
    if lines[network]?.isBusy == true {
      await withCheckedContinuation { lines[network]?.waiting.append($0) }
    }
    lines[network]?.isBusy = true
    defer {
      // The next one takes over our place, so that nobody gets in between.
      if lines[network]?.waiting.isEmpty == false {
        lines[network]?.waiting.removeFirst().resume()
      } else {
        lines[network]?.isBusy = false
      }
    }
    return try await lookUp()
  }
}
