/// Why the server ended a connection: the `reason` of a `disconnected` event. What ends by itself has other reasons.
public enum DisconnectReason: String, Sendable {
  /// A newer connection of the same participant took over.
  case replaced
  /// The participant was removed.
  case removed
  case sessionEnded = "session_ended"
  /// Those people were there, and are not observed until the next server is up.
  case serverStops = "server_stops"

  /// - Parameter reason: as an event has it, maybe one of before reasons were codes.
  static func isCutOff(_ reason: String?) -> Bool {
    reason == serverStops.rawValue || reason == "the server stops"
  }
}
