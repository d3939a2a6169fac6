import WebGateway

/// The line of each network in which tokens wait that no exam that is on knows. One is looked up at a time for each, so
/// that nobody who sends tokens that are none fills the archive's line for others.
@GatewayActor
final class TokenLookUps {
  /// Requests of one network that wait for their answer at once. A class that comes back to an exam that has ended is told
  /// to ask again for what goes beyond.
  static let places = 64

  private struct Line {
    var present = 0
    var isBusy = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private var lines: [GuesserAddress: Line] = [:]

  /// - Returns: whether there was room; then `leave` gives it back.
  func enter(_ network: GuesserAddress) -> Bool {
    guard lines[network, default: Line()].present < Self.places else { return false }
    lines[network, default: Line()].present += 1
    return true
  }

  func leave(_ network: GuesserAddress) {
    lines[network]?.present -= 1
    if lines[network]?.present == 0 { lines[network] = nil }
  }

  /// Runs the look-up of somebody who has entered once those before have had theirs.
  func inTurn<Value: Sendable>(
    _ network: GuesserAddress, _ lookUp: () async throws(Refusal) -> Value
  ) async throws(Refusal) -> Value {
    if lines[network]?.isBusy == true {
      await withCheckedContinuation { lines[network]?.waiting.append($0) }
    }
    lines[network]?.isBusy = true
    defer {
      // Who is next stays busy in our place, so that nobody comes in between.
      if lines[network]?.waiting.isEmpty == false {
        lines[network]?.waiting.removeFirst().resume()
      } else {
        lines[network]?.isBusy = false
      }
    }
    return try await lookUp()
  }
}
