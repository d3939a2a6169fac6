import CGStreamer
import GLibRuntime
import Synchronization

/// Decides whether one tap wants the current picture.
/// Time is divided into slots of one period, the same for every tap of a rate, and the first picture of each slot
/// passes. So the rate holds whatever the jitter, and two taps of one rate want the same pictures, which are scaled
/// once. A stream at exactly the rate has a slot with two pictures before one with none: the second takes the coming
/// slot. The clock is the server's, so no stamp in a student's stream can raise the rate.
final class RateGate: Sendable {
  /// A slot may be taken in advance after this share of a period.
  private static let leastDistance = 0.75

  private let ratePerSecond: Atomic<Double>
  private let isWanted: @Sendable () -> Bool
  private let takenSlot = Atomic<Int64>(-1)
  private let takenAt = Atomic<Int64>(.min)

  /// - Parameters:
  ///   - rate: pictures per second; 0 or less lets none pass.
  ///   - isWanted: whether a picture would be useful now. Asked only if the rate lets one pass.
  init(rate: Double, isWanted: @escaping @Sendable () -> Bool = { true }) {
    self.isWanted = isWanted
    ratePerSecond = Atomic(rate)
  }

  /// Maximum pictures per second that pass, 0 while it is closed.
  var rate: Double { max(0, ratePerSecond.load(ordering: .relaxed)) }

  var isOpen: Bool { rate > 0 }

  /// Opens it, closes it with 0, or changes the rate. The next picture is due at once, even if one passed earlier in
  /// this slot.
  func setRate(_ rate: Double) {
    ratePerSecond.store(rate, ordering: .relaxed)
    takenSlot.store(-1, ordering: .relaxed)
  }

  /// - Parameter now: monotonic microseconds.
  func isDue(at now: Int64) -> Bool { dueSlot(at: now) != nil && isWanted() }

  /// Like `isDue`, and takes the slot. Only one thread at a time processes a pipeline's pictures.
  func take(at now: Int64) -> Bool {
    guard let slot = dueSlot(at: now), isWanted() else { return false }
    takenSlot.store(slot, ordering: .relaxed)
    takenAt.store(now, ordering: .relaxed)
    return true
  }

  private func dueSlot(at now: Int64) -> Int64? {
    let rate = rate
    guard rate > 0 else { return nil }
    let period = 1_000_000 / min(rate, 1_000_000)
    let slot = Int64(Double(now) / period)
    let taken = takenSlot.load(ordering: .relaxed)
    if slot > taken { return slot }
    let isFarEnough = Double(now - takenAt.load(ordering: .relaxed)) >= Self.leastDistance * period
    return slot == taken && isFarEnough ? slot + 1 : nil
  }

  /// Drops pictures at a pad on the way to the taps of `gates` if none of them wants them.
  ///
  /// - Parameter isLast: whether a picture that passes here is delivered: then it takes the slot of the only gate.
  static func install(_ gates: [RateGate], on pad: GObjectReference, isLast: Bool) {
    pad.addProbe(GST_PAD_PROBE_TYPE_BUFFER) { _, _ in
      let now = Int64(g_get_monotonic_time())
      let passes = isLast ? gates[0].take(at: now) : gates.contains { $0.isDue(at: now) }
      return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP
    }
  }
}
