/// A kept-alive connection between two requests.
@GatewayActor
final class IdleConnection: PolledSocket {
  let client: ClientConnection
  private let deadline: Double
  private let poller: SocketPoller
  private var registration: SocketPoller.Registration?
  private let onReadable: @GatewayActor (IdleConnection) -> Void

  /// - Parameters:
  ///   - onReadable: called once, when the next request begins to arrive or the client has closed.
  init(
    _ client: ClientConnection, deadline: Double, poller: SocketPoller,
    onReadable: @escaping @GatewayActor (IdleConnection) -> Void
  ) {
    self.client = client
    self.deadline = deadline
    self.poller = poller
    self.onReadable = onReadable
    registration = poller.add(self, descriptor: client.descriptor)
  }

  func isDue(_ now: Double) -> Bool { now > deadline || registration == nil }

  func stopWatching() {
    if let registration { poller.remove(registration) }
    registration = nil
  }

  func socketIsReadable() {
    stopWatching()
    onReadable(self)
  }
}
