/// Counts since the server was created, and what is open now.
public struct GatewayStatistics: Sendable, Equatable {
  /// Connections of all kinds that are open.
  public var openConnections = 0
  public var openWebSockets = 0
  public var openPictureStreams = 0

  /// Refused because of a limit on connections.
  public var refusedConnections = 0

  /// Payload bytes of messages.
  public var webSocketBytesIn = 0
  public var webSocketBytesOut = 0
  /// WebSockets closed because the peer did not read what was sent.
  public var webSocketOverflows = 0
  /// WebSockets closed because more came than their budgets or window allow.
  public var webSocketFloods = 0

  /// Pictures replaced by newer ones before a slow reader could take them.
  public var picturesSkipped = 0
}
