import CGLibShims
import CGStreamer
import GLibRuntime
import Synchronization

/// Decides whether one tap wants the picture that is passing.
///
/// Time is cut into slots of one period, the same for every tap of a rate, and the first picture of each slot passes.
/// So the rate holds whatever the jitter, and two taps of one rate want the same pictures, which share one scaling. The
/// clock is the server's, so no stamp in a student's stream can raise the rate.
final class RateGate: Sendable {
  private let open: Atomic<Bool>
  private let period = Atomic<Int64>(0)
  private let takenSlot = Atomic<Int64>(-1)

  /// - Parameter rate: pictures per second; 0 or less lets none pass.
  init(open: Bool, rate: Double) {
    self.open = Atomic(open)
    setRate(rate)
  }

  var isOpen: Bool { open.load(ordering: .acquiring) }

  func setOpen(_ isOpen: Bool) {
    // The first picture after opening is due at once, even if one passed earlier in this slot.
    if isOpen { takenSlot.store(-1, ordering: .relaxed) }
    open.store(isOpen, ordering: .releasing)
  }

  func setRate(_ rate: Double) {
    period.store(rate > 0 ? max(1, Int64(1_000_000 / min(rate, 1_000_000))) : 0, ordering: .relaxed)
  }

  /// - Parameter now: monotonic microseconds.
  func isDue(at now: Int64) -> Bool {
    guard let slot = slot(at: now) else { return false }
    return slot != takenSlot.load(ordering: .relaxed)
  }

  /// Like `isDue`, and takes the slot.
  func take(at now: Int64) -> Bool {
    guard let slot = slot(at: now) else { return false }
    return takenSlot.exchange(slot, ordering: .relaxed) != slot
  }

  private func slot(at now: Int64) -> Int64? {
    let period = period.load(ordering: .relaxed)
    guard period > 0, isOpen else { return nil }
    return now / period
  }
}

/// Where on the way to its taps a picture is dropped when none of them wants it.
final class RateGateProbe: Sendable {
  private let gates: [RateGate]
  private let isLast: Bool

  /// - Parameters:
  ///   - gates: of the taps behind this point.
  ///   - isLast: whether a picture that passes here is delivered: it takes the slot.
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
