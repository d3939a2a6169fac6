/// Drops the upper temporal layers of a stream while nobody needs so many pictures.
///
/// A frame of a temporal layer refers only to frames of its own and lower layers, so everything above a layer can be
/// dropped at any moment (RFC 9626, section 1). It comes back at a key frame: the frames in between may refer to what
/// was dropped.
struct LayerFilter {
  /// Layers a frame's header can name.
  static let layers = 4
  /// A rate counts as reached from this share of what is wanted, since frames come with jitter ...
  private static let enough = 0.95
  /// ... and as missed below this one.
  private static let tooFew = 0.8
  /// Cycles to observe before any layer is dropped. A cycle is from one frame of the lowest layer to the next.
  private static let leastCycles = 3
  /// Weight of the newest cycle in the means.
  private static let weight = 0.25

  /// Whether the next key frame brings back what is missing now.
  private(set) var wantsKeyFrame = false

  private var highest = layers - 1
  private var cycles = 0
  private var lastBase: Int64?
  /// Frames of each layer in the current cycle, and their means.
  private var counts = [Double](repeating: 0, count: layers)
  private var means = [Double](repeating: 0, count: layers)
  /// Mean time of a cycle, in microseconds.
  private var interval = 0.0

  /// Takes the next frame.
  ///
  /// - Parameters:
  ///   - layer: 0 is the lowest; a key frame counts as that.
  ///   - wanted: pictures per second that somebody needs.
  ///   - now: monotonic microseconds.
  /// - Returns: whether it is needed.
  mutating func passes(layer: Int, isKeyFrame: Bool, wanted: Double, at now: Int64) -> Bool {
    let layer = isKeyFrame ? 0 : min(layer, Self.layers - 1)
    if layer == 0 { beginCycle(isKeyFrame: isKeyFrame, wanted: wanted, at: now) }
    counts[layer] += 1
    return layer <= highest
  }

  private mutating func beginCycle(isKeyFrame: Bool, wanted: Double, at now: Int64) {
    if let lastBase {
      cycles += 1
      let weight = max(Self.weight, 1 / Double(cycles))
      interval += (Double(now - lastBase) - interval) * weight
      for layer in counts.indices { means[layer] += (counts[layer] - means[layer]) * weight }
    }
    lastBase = now
    counts = [Double](repeating: 0, count: Self.layers)
    guard cycles >= Self.leastCycles, interval > 0 else { return }

    let sufficient = means.indices.first { rate(upTo: $0) >= wanted * Self.enough } ?? Self.layers - 1
    wantsKeyFrame = sufficient > highest && rate(upTo: highest) < wanted * Self.tooFew
    if sufficient < highest {
      highest = sufficient
    } else if wantsKeyFrame, isKeyFrame {
      highest = sufficient
      wantsKeyFrame = false
    }
  }

  /// Pictures per second of the layers up to and including one.
  private func rate(upTo layer: Int) -> Double {
    means[...layer].reduce(0, +) / interval * 1_000_000
  }
}
