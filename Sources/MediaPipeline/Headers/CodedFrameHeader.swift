/// What the first bytes of an encoded frame say, before any decoder spends memory on it.
enum CodedFrameHeader: Equatable {
  /// Decodable on its own; the size is the one the decoder would allocate.
  case key(width: Int, height: Int)
  /// Needs the frames before it.
  case delta
  /// Needs the frames before it and changes the size.
  case resizedDelta(width: Int, height: Int)
  /// Contains stream parameters; whether it is decodable on its own is up to the sender to say (H.264).
  case parameters(width: Int, height: Int)
  /// Contains none, and does not say either.
  case unmarked
  /// Not a complete frame of its codec, or one that is not accepted here, with the reason.
  case malformed(String)

  /// The size it announces, if it does.
  var size: (width: Int, height: Int)? {
    switch self {
    case .key(let width, let height), .resizedDelta(let width, let height),
      .parameters(let width, let height):
      (width, height)
    case .delta, .unmarked, .malformed: nil
    }
  }

  /// The area of that size; 0 without one.
  var area: Int { size.map { $0.width * $0.height } ?? 0 }
}
