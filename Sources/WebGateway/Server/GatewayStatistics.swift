/// Counts since the server was made, and what is open now.
public struct GatewayStatistics: Sendable, Equatable {
  /// Connections of all kinds that are open.
  public var openConnections = 0
  public var openWebSockets = 0
  public var openPictureStreams = 0

  public var acceptedConnections = 0
  /// Refused for a cap on connections.
  public var refusedConnections = 0
  /// Times the process or system had no descriptor left for a new connection.
  public var descriptorShortages = 0
  public var failedHandshakes = 0
  /// Requests whose headers or body did not come in time.
  public var slowRequests = 0
  public var requests = 0
  /// Answers by the status's first digit, from index 1.
  public var answersByClass = [Int](repeating: 0, count: 6)

  public var webSocketMessagesIn = 0
  public var webSocketMessagesOut = 0
  /// Payload bytes of messages.
  public var webSocketBytesIn = 0
  public var webSocketBytesOut = 0
  /// WebSockets closed because they did not read what was sent to them.
  public var webSocketOverflows = 0
  /// WebSockets closed because nothing came from the peer any more.
  public var webSocketTimeouts = 0
  /// WebSockets closed because more came than their budgets or their window allow.
  public var webSocketFloods = 0
  /// WebSockets closed for a fault in what the peer sent.
  public var webSocketProtocolErrors = 0

  public var picturesWritten = 0
  /// Pictures replaced by a newer one before a slow reader could take them.
  public var picturesSkipped = 0
}
