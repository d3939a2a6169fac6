/// What students and teachers count together while a rehearsal is measured.
struct Tally: Sendable {
  /// Frames the cameras gave.
  var offered = 0
  var sent = 0
  /// Not sent, because the server had not acknowledged enough of those before.
  var windowFull = 0
  /// Not sent, because one before it was not.
  var awaitingKeyFrame = 0
  /// Not sent, because the student had no connection.
  var notConnected = 0
  var acknowledged = 0
  var bytesSent = 0

  var tiles = LatencyHistogram()
  var focus = LatencyHistogram()
  /// Of the tiles since the last look.
  var recentTiles = LatencyHistogram()
  var pictureBytes = 0
  /// From a frame's due time to when it was sent: the simulator's own lateness, in microseconds.
  var lateness = LatencyHistogram()
  /// From a frame to its acknowledgement.
  var acknowledgements = LatencyHistogram()

  var connectionLosses = 0
  /// The latest causes, for a person.
  var lossReasons: [String: Int] = [:]
  var plannedReconnects = 0
  /// From coming back to the first acknowledged frame.
  var comingBack = LatencyHistogram()
  /// What the server said was wrong, by its code.
  var serverErrors: [String: Int] = [:]
}
