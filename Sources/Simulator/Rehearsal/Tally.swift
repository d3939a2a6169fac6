/// What students and teachers count together during the measurement.
struct Tally: Sendable {
  /// Frames provided by the cameras.
  var offered = 0
  var sent = 0
  /// Not sent, because too many earlier ones were unacknowledged.
  var windowFull = 0
  /// Not sent, because an earlier one was not.
  var awaitingKeyFrame = 0
  /// Not sent, because the student had no connection.
  var notConnected = 0
  var acknowledged = 0
  var bytesSent = 0

  var tiles = LatencyHistogram()
  var focus = LatencyHistogram()
  /// Of the tiles since the last reading.
  var recentTiles = LatencyHistogram()
  /// From a frame's due time to when it was sent: the simulator's own delay, in microseconds.
  var lateness = LatencyHistogram()
  /// From a frame to its acknowledgement.
  var acknowledgements = LatencyHistogram()

  var connectionLosses = 0
  /// The latest causes, as text.
  var lossReasons: [String: Int] = [:]
  var plannedReconnects = 0
  /// From reconnecting to the first acknowledged frame.
  var comingBack = LatencyHistogram()
  /// Errors reported by the server, by code.
  var serverErrors: [String: Int] = [:]
}
