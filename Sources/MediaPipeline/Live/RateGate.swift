import CGLibShims
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
  func isDue(at now: Int64) -> Bool { dueSlot(at: now) != nil }

  /// Like `isDue`, and takes the slot. Only one thread at a time processes a pipeline's pictures.
  func take(at now: Int64) -> Bool {
    guard let slot = dueSlot(at: now) else { return false }
    takenSlot.store(slot, ordering: .relaxed)
    takenAt.store(now, ordering: .relaxed)
    return true
  }

  private func dueSlot(at now: Int64) -> Int64? {
    guard let slot = slotByRate(at: now), isWanted() else { return nil }
    return slot
  }

  private func slotByRate(at now: Int64) -> Int64? {
    let rate = rate
    guard rate > 0 else { return nil }
    let period = 1_000_000 / min(rate, 1_000_000)
    let slot = Int64(Double(now) / period)
    let taken = takenSlot.load(ordering: .relaxed)
    if slot > taken { return slot }
    let isFarEnough = Double(now - takenAt.load(ordering: .relaxed)) >= Self.leastDistance * period
    return slot == taken && isFarEnough ? slot + 1 : nil
  }
}

/// A point on the way to the taps where a picture is dropped if none of them wants it.
final class RateGateProbe: Sendable {
  private let gates: [RateGate]
  private let isLast: Bool

  /// - Parameters:
  ///   - gates: of the taps after this point.
  ///   - isLast: whether a picture that passes here is delivered: then it takes the slot.
  private init(gates: [RateGate], isLast: Bool) {
    self.gates = gates
    self.isLast = isLast
  }

  static func install(on pad: GObjectReference, gates: [RateGate], isLast: Bool) {
    gst_pad_add_probe(
      pad.cast(), GST_PAD_PROBE_TYPE_BUFFER, dropUnlessDue,
      retainedCallbackContext(RateGateProbe(gates: gates, isLast: isLast)), releaseCallbackContext)
  }

  func passes() -> Bool {
    let now = Int64(g_get_monotonic_time())
    return isLast ? gates[0].take(at: now) : gates.contains { $0.isDue(at: now) }
  }
}

private func dropUnlessDue(
  _ pad: UnsafeMutablePointer<GstPad>?, _ info: UnsafeMutablePointer<GstPadProbeInfo>?,
  _ data: gpointer?
) -> GstPadProbeReturn {
  callbackContext(data, as: RateGateProbe.self).passes() ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP
}
