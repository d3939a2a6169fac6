import Testing
import WebGateway

@testable import ExamServer

@Suite(.timeLimit(.minutes(1))) struct TokenLookUpsTests {
  /// A slow archive, recording the maximum number of concurrent look-ups per network.
  @GatewayActor private final class Archive {
    private var present: [GuesserAddress: Int] = [:]
    private(set) var most: [GuesserAddress: Int] = [:]
    private(set) var order: [Int] = []

    func lookUp(_ number: Int, of network: GuesserAddress) async {
      present[network, default: 0] += 1
      most[network] = max(most[network] ?? 0, present[network]!)
      // Anybody else who is able to enter has the time for it.
      for _ in 0..<10 { await Task.yield() }
      present[network]! -= 1
      order.append(number)
    }
  }

  @Test @GatewayActor func oneOfEachNetworkIsLookedUpAtATime() async {
    let lookUps = TokenLookUps()
    let archive = Archive()
    let networks = ["10.0.0.1", "10.0.0.2"].map { GuesserAddress($0) }
    let tasks = (0..<40).map { number in
      Task { @GatewayActor in
        let network = networks[number % 2]
        #expect(lookUps.enter(network))
        try? await lookUps.inTurn(network) { await archive.lookUp(number, of: network) }
        lookUps.leave(network)
      }
    }
    for task in tasks { await task.value }
    #expect(archive.most == [networks[0]: 1, networks[1]: 1])
    #expect(archive.order.count == 40)
  }

  @Test @GatewayActor func aNetworkHasSoManyPlaces() {
    let lookUps = TokenLookUps()
    let network = GuesserAddress("10.0.0.1")
    #expect((0..<100).filter { _ in lookUps.enter(network) }.count == TokenLookUps.places)
    #expect(lookUps.enter(GuesserAddress("10.0.0.2")))
    lookUps.leave(network)
    #expect(lookUps.enter(network) && !lookUps.enter(network))
  }
}
