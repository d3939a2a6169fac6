/// Counts since the server was created, and what is open now.
public struct GatewayStatistics: Sendable, Equatable {
  /// Connections of all kinds that are open.
  public var openConnections = 0
  public var openWebSockets = 0
  public var openPictureStreams = 0

  public var acceptedConnections = 0
  /// Refused because of a limit on connections.
  public var refusedConnections = 0
  /// Times the process or system had no descriptor left for a new connection.
  public var descriptorShortages = 0
  public var failedHandshakes = 0
  /// Requests whose headers or body did not arrive in time.
  public var slowRequests = 0
  public var requests = 0

  /// Payload bytes of messages.
  public var webSocketBytesIn = 0
  public var webSocketBytesOut = 0
  /// WebSockets closed because the peer did not read what was sent.
  public var webSocketOverflows = 0
  /// WebSockets closed because more came than their budgets or window allow.
  public var webSocketFloods = 0
  /// WebSockets closed for a protocol error of the peer.
  public var webSocketProtocolErrors = 0

  /// Pictures replaced by newer ones before a slow reader could take them.
  public var picturesSkipped = 0
}
